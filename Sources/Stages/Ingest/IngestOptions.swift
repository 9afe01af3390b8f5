package import Artifacts
package import Diagnostics
package import Images

/// How a dataset is made from a source.
package struct IngestOptions: Hashable, Sendable, Codable {
    /// What becomes of an image that cannot be decoded.
    package enum BadImagePolicy: String, Hashable, Sendable, Codable, CaseIterable {
        /// The dataset is not written.
        case fail
        /// The image is left out, named and counted.
        case skip
    }

    /// Grey or colour.
    package enum Channels: String, Hashable, Sendable, Codable, CaseIterable {
        /// Grey if every image is grey, else RGB.
        case automatic
        case grey
        case rgb
    }

    /// Which labels of CIFAR-100 count.
    package enum LabelSet: String, Hashable, Sendable, Codable, CaseIterable {
        /// 100 classes.
        case fine
        /// 20 groups of them.
        case coarse
    }

    /// How IDX files hold the rows of an image.
    package enum Orientation: String, Hashable, Sendable, Codable, CaseIterable {
        /// Transposed if the file is called EMNIST, else upright.
        case automatic
        case upright
        case transposed
    }

    /// What kind of source it is.
    package var format: SourceFormat
    /// Rows of the working size; nil: see `FormatChoice`.
    package var height: Int?
    /// Columns of the working size; nil: see `FormatChoice`.
    package var width: Int?
    package var channels: Channels
    package var resizing: ImageFormat.Resizing
    package var onBadImage: BadImagePolicy
    /// Share of the training images that becomes the calibration split where the source has none; nil: 0.1, or the
    /// protocol's 5,000 for arrays (IDX, CIFAR) of 50,000 training images and more.
    package var calibrationShare: Double?
    /// Number of training images that becomes the calibration split, in place of a share; of arrays the last ones.
    package var calibrationCount: Int?
    /// Share of the images that becomes the test split where the source has none; nil: 0.2.
    package var testShare: Double?
    /// Names for the labels 0, 1 … of sources whose labels are numbers; nil: names that lie beside the images, or the
    /// numbers themselves.
    package var classNames: [String]?
    package var labelSet: LabelSet
    package var orientation: Orientation
    /// Part of the file names of the one dataset that is meant, where several lie together (EMNIST).
    package var subset: String?
    package var seed: UInt64
    package var limits: ImageLimits

    package init(
        format: SourceFormat = .automatic, height: Int? = nil, width: Int? = nil, channels: Channels = .automatic,
        resizing: ImageFormat.Resizing = .stretch, onBadImage: BadImagePolicy = .fail, calibrationShare: Double? = nil,
        calibrationCount: Int? = nil, testShare: Double? = nil, classNames: [String]? = nil,
        labelSet: LabelSet = .fine, orientation: Orientation = .automatic, subset: String? = nil, seed: UInt64 = 0,
        limits: ImageLimits = ImageLimits()
    ) {
        self.format = format
        self.height = height
        self.width = width
        self.channels = channels
        self.resizing = resizing
        self.onBadImage = onBadImage
        self.calibrationShare = calibrationShare
        self.calibrationCount = calibrationCount
        self.testShare = testShare
        self.classNames = classNames
        self.labelSet = labelSet
        self.orientation = orientation
        self.subset = subset
        self.seed = seed
        self.limits = limits
    }

    static let (usualCalibrationShare, usualTestShare) = (0.1, 0.2)

    /// The largest side of a working size.
    package static let maximumSide = 4096

    /// Of shares that are all images or more.
    static func nothingToTrainOn(_ sum: Double) -> ErdeError {
        ErdeError(.usage, "calibration share and test share", "together \(sum)", remedy: "leave something to train on")
    }

    /// Checks everything that can be known before the source is read.
    ///
    /// - Throws: `ErdeError` of kind `usage`.
    package func validate() throws(ErdeError) {
        for (name, side) in [("height", height), ("width", width)] {
            if let side, !(1...IngestOptions.maximumSide).contains(side) {
                throw ErdeError(.usage, name, "\(side), expected 1 to \(IngestOptions.maximumSide) pixels")
            }
        }
        for (name, share) in [("calibration share", calibrationShare), ("test share", testShare)] {
            if let share, !(share > 0 && share < 1) {
                throw ErdeError(.usage, name, "\(share), expected a number between 0 and 1, both excluded")
            }
        }
        if let calibrationShare, let testShare, calibrationShare + testShare >= 1 {
            throw IngestOptions.nothingToTrainOn(calibrationShare + testShare)
        }
        if let calibrationCount {
            if calibrationCount < 1 { throw ErdeError(.usage, "calibration count", "\(calibrationCount), expected 1 or more") }
            if calibrationShare != nil {
                throw ErdeError(
                    .usage, "calibration count", "given together with a calibration share", remedy: "give one of them")
            }
        }
        if let classNames, Set(classNames).count != classNames.count || classNames.contains("") {
            throw ErdeError(.usage, "class names", "must be different from each other and not empty")
        }
        if limits.fileBytes < 1 || limits.side < 1 || limits.pixels < 1 {
            throw ErdeError(.usage, "image limits", "\(limits.fileBytes) bytes, \(limits.side) a side, \(limits.pixels) pixels")
        }
    }
}
