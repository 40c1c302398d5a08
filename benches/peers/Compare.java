import java.io.File;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * The check of Avro for Java: {@code java Compare.java MILLISECONDS NEW PREVIOUS...} prints the CPU time of one pass over all
 * previous versions, in nanoseconds. It runs warm: as long as is measured was run before.
 */
public final class Compare {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    public static void main(String[] arguments) throws Exception {
        long nanoseconds = Long.parseLong(arguments[0]) * 1_000_000L;
        Schema reader = parsed(arguments[1]);
        List<Schema> writers = new ArrayList<>();
        for (int at = 2; at < arguments.length; at++) {
            writers.add(parsed(arguments[at]));
        }
        measure(reader, writers, Math.max(nanoseconds, 1_000_000_000L));
        System.out.println(measure(reader, writers, nanoseconds));
    }

    private static Schema parsed(String path) throws Exception {
        return new Schema.Parser().parse(new File(path));
    }

    private static long measure(Schema reader, List<Schema> writers, long atLeast) {
        long began = THREADS.getCurrentThreadCpuTime();
        long passes = 0;
        while (true) {
            for (Schema writer : writers) {
                var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
                if (result.getType() != SchemaCompatibilityType.COMPATIBLE) {
                    throw new AssertionError(result.getDescription());
                }
            }
            passes++;
            long took = THREADS.getCurrentThreadCpuTime() - began;
            if (took >= atLeast) {
                return took / passes;
            }
        }
    }
}
