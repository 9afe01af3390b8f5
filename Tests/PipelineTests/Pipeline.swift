import Testing

/// Everything that runs the built program; one test at a time, since they share a folder and the processors.
@Suite(.serialized)
enum Pipeline {}
