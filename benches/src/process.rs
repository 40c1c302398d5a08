//! Processes: pinned where that is possible, measured through `/proc`, ended when they go out of scope.

use std::{
    ffi::OsStr,
    fs,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

/// The core of the server that is measured.
const SERVER_CORE: &str = "0";

/// The core of the load generator.
const GENERATOR_CORE: &str = "1";

/// The kernel's unit of CPU time, which has been this on Linux for as long as anyone remembers.
const TICK: Duration = Duration::from_millis(10);

/// A child that does not outlive the measurement.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// A command that runs on the server's core, if it is to be and that is possible.
    pub(crate) fn command(program: impl AsRef<OsStr>, pinned: bool) -> Command {
        if !(pinned && can_pin()) {
            return Command::new(program);
        }
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", SERVER_CORE]).arg(program);
        command
    }

    /// Starts it. What it writes to `stderr` is the caller's to read.
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        Self(child)
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// The CPU time it has used, in user and in system mode.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        // The name comes second, in parentheses, and may hold anything; the two times are the 12th and 13th after it.
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        let ticks = after_name
            .split(' ')
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u32>().ok())
            .sum::<u32>();
        TICK * ticks
    }

    /// What it has used since it had used so much.
    pub(crate) fn cpu_since(&self, before: Duration) -> Duration {
        self.cpu().saturating_sub(before)
    }

    /// A line of `/proc/PID/status` that holds a size, such as `VmRSS`, in MiB.
    pub(crate) fn mebibytes(&self, name: &str) -> f64 {
        let status = self.proc("status");
        let kibibytes = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .and_then(|size| size.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kibibytes.unwrap_or(f64::NAN) / 1024.0
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).expect("the process runs")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The CPU time this thread has used, which waiting for a busy core does not lengthen. It moves in steps of some milliseconds.
pub(crate) fn cpu_of_this_thread() -> Duration {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().unwrap_or_default();
    Duration::from_nanos(nanoseconds.parse().unwrap_or_default())
}

/// Moves this thread to the generator's core, if that is possible.
pub(crate) fn pin_this_thread() {
    let Ok(thread) = fs::read_link("/proc/thread-self") else {
        return;
    };
    let Some(id) = thread.file_name().filter(|_| can_pin()) else {
        return;
    };
    // Without it the figures are noisier, no more.
    let _ = Command::new("taskset")
        .args(["--cpu-list", "--pid", GENERATOR_CORE])
        .arg(id)
        .stdout(Stdio::null())
        .status();
}

/// Whether there is a `taskset` that gives each side a core of its own.
pub(crate) fn can_pin() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    let both = || {
        Command::new("taskset")
            .args([
                "--cpu-list",
                &format!("{SERVER_CORE},{GENERATOR_CORE}"),
                "true",
            ])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    *CAN.get_or_init(|| {
        std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) && both()
    })
}
