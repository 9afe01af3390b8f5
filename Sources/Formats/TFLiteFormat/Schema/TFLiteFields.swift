/// Numbers of the fields of TensorFlow Lite's tables that are written here, of schema version 3.
///
/// Facts of `tensorflow/compiler/mlir/lite/schema/schema.fbs`; an enumeration has the name of its table, a case that of its
/// field in camel case. `Tests/Interop/tflite_files.py` compares all of them with the schema of LiteRT's own package.
enum TFLiteFields {
    enum Model: UInt16 {
        case version = 0
        case operatorCodes = 1
        case subgraphs = 2
        case description = 3
        case buffers = 4
        case metadata = 6
        case signatureDefs = 7
    }

    enum OperatorCode: UInt16 {
        case deprecatedBuiltinCode = 0
        case version = 2
        case builtinCode = 3
    }

    enum SubGraph: UInt16 {
        case tensors = 0
        case inputs = 1
        case outputs = 2
        case operators = 3
        case name = 4
    }

    enum Tensor: UInt16 {
        case shape = 0
        case type = 1
        case buffer = 2
        case name = 3
        case quantization = 4
        case shapeSignature = 7
        case hasRank = 8
    }

    enum QuantizationParameters: UInt16 {
        case scale = 2
        case zeroPoint = 3
        case quantizedDimension = 6
    }

    enum Operator: UInt16 {
        case opcodeIndex = 0
        case inputs = 1
        case outputs = 2
        case builtinOptionsType = 3
        case builtinOptions = 4
    }

    enum Buffer: UInt16 {
        case data = 0
    }

    enum Metadata: UInt16 {
        case name = 0
        case buffer = 1
    }

    enum SignatureDef: UInt16 {
        case inputs = 0
        case outputs = 1
        case signatureKey = 2
        case subgraphIndex = 4
    }

    enum TensorMap: UInt16 {
        case name = 0
        case tensorIndex = 1
    }

    enum Conv2DOptions: UInt16 {
        case padding = 0
        case strideW = 1
        case strideH = 2
        case fusedActivationFunction = 3
        case dilationWFactor = 4
        case dilationHFactor = 5
    }

    enum DepthwiseConv2DOptions: UInt16 {
        case padding = 0
        case strideW = 1
        case strideH = 2
        case depthMultiplier = 3
        case fusedActivationFunction = 4
        case dilationWFactor = 5
        case dilationHFactor = 6
    }

    enum Pool2DOptions: UInt16 {
        case padding = 0
        case strideW = 1
        case strideH = 2
        case filterWidth = 3
        case filterHeight = 4
        case fusedActivationFunction = 5
    }

    enum FullyConnectedOptions: UInt16 {
        case fusedActivationFunction = 0
    }

    enum ConcatenationOptions: UInt16 {
        case axis = 0
    }

    enum ReducerOptions: UInt16 {
        case keepDims = 0
    }

    enum AddOptions: UInt16 {
        case fusedActivationFunction = 0
    }

    enum SubOptions: UInt16 {
        case fusedActivationFunction = 0
    }

    enum MulOptions: UInt16 {
        case fusedActivationFunction = 0
    }

    enum DivOptions: UInt16 {
        case fusedActivationFunction = 0
    }
}
