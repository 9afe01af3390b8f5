/// How a source holds its images, where it is not to be told from its content.
package enum SourceFormat: String, Hashable, Sendable, Codable, CaseIterable {
    /// Told from the content.
    case automatic
    /// A folder per class, with or without folders for splits around them.
    case folders
    /// The IDX files of MNIST and its descendants.
    case idx
    /// CIFAR-10 or CIFAR-100, binary or pickled by Python.
    case cifar
    /// SVHN's cropped digits, MAT files.
    case svhn
    /// TinyImageNet's folders and annotations.
    case tinyImageNet
    /// WebDataset shards: tar archives of images with a label beside each.
    case webDataset
    /// CSV or text with a path and a label on each line.
    case list
}
