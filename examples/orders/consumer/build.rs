fn main() -> Result<(), dovetail_codegen::BuildError> {
    dovetail_codegen::build()
}
