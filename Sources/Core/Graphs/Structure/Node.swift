/// One operator application.
package struct Node: Hashable, Sendable {
    package let op: Op
    package let inputs: [Value]
    package let outputs: [Value]

    package init(op: Op, inputs: [Value], outputs: [Value]) {
        self.op = op
        self.inputs = inputs
        self.outputs = outputs
    }
}
