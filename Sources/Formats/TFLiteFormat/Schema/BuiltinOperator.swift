/// TensorFlow Lite's numbers of the operators that are written here: `BuiltinOperator` of its schema, in camel case.
enum BuiltinOperator: Int32, CaseIterable {
    case add = 0
    case averagePool2D = 1
    case concatenation = 2
    case conv2D = 3
    case depthwiseConv2D = 4
    case dequantize = 6
    case fullyConnected = 9
    case logistic = 14
    case maxPool2D = 17
    case mul = 18
    case relu = 19
    case reluN1To1 = 20
    case relu6 = 21
    case reshape = 22
    case pad = 34
    case transpose = 39
    case mean = 40
    case sub = 41
    case div = 42
    case exp = 47
    case logSoftmax = 50
    case maximum = 55
    case minimum = 57
    case neg = 59
    case padV2 = 60
    case slice = 65
    case log = 73
    case sum = 74
    case sqrt = 75
    case abs = 101
    case quantize = 114
    case relu0To1 = 152
    case sign = 158
}
