/// One operator application.
package struct Node: Hashable, Sendable {
    package let op: Op
    package let inputs: [Value]
    package let outputs: [Value]
}
