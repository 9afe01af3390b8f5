/// What may be wrong with a dataset.
package enum FindingKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Files that are not there or may not be read.
    case unreadable
    /// Files without bytes.
    case empty
    /// Images whose bytes end too early.
    case truncated
    /// Files that are neither PNG nor JPEG.
    case foreign
    /// Images beyond the limits.
    case tooLarge
    /// Images that cannot be decoded for another reason.
    case damaged
    /// Labels that none of the classes has.
    case label
    /// Images equal to an earlier one of the same split and class.
    case duplicate
    /// Images equal to one of another split.
    case duplicateAcrossSplits
    /// Images equal to one of another class.
    case duplicateAcrossClasses
    /// Images that look like an earlier one of the same split.
    case nearDuplicate
    /// Images that look like one of another split.
    case nearDuplicateAcrossSplits
    /// Classes with far fewer training images than the largest.
    case imbalance
    /// Classes that a split has no image of.
    case missingClass
    /// Images of another size than nearly all, or of extreme shape.
    case oddSize
    /// Grey images among colour, or colour among grey.
    case oddMode
    /// Class names that sort or read otherwise than expected.
    case oddName

    /// Whether it is about images that no dataset can use.
    package var isUnusable: Bool {
        switch self {
        case .unreadable, .empty, .truncated, .foreign, .tooLarge, .damaged, .label: true
        case .duplicate, .duplicateAcrossSplits, .duplicateAcrossClasses, .nearDuplicate, .nearDuplicateAcrossSplits,
            .imbalance, .missingClass, .oddSize, .oddMode, .oddName:
            false
        }
    }

    /// A heading.
    package var title: String {
        switch self {
        case .unreadable: "unreadable files"
        case .empty: "empty files"
        case .truncated: "truncated images"
        case .foreign: "files of other kinds"
        case .tooLarge: "images beyond the limits"
        case .damaged: "damaged images"
        case .label: "labels out of range"
        case .duplicate: "duplicates"
        case .duplicateAcrossSplits: "duplicates across splits"
        case .duplicateAcrossClasses: "duplicates across classes"
        case .nearDuplicate: "near duplicates"
        case .nearDuplicateAcrossSplits: "near duplicates across splits"
        case .imbalance: "small classes"
        case .missingClass: "classes missing in a split"
        case .oddSize: "odd sizes"
        case .oddMode: "odd modes"
        case .oddName: "odd class names"
        }
    }

    /// What it means for training and testing, in a sentence.
    package var meaning: String {
        switch self {
        case .unreadable: "Listed, but not there, or without the right to read it."
        case .empty: "Files of zero bytes, as interrupted copies leave them."
        case .truncated: "Part of the image is missing; it is not used."
        case .foreign: "Not PNG or JPEG, whatever the name says."
        case .tooLarge: "Refused before decoding, because decoding would take too much memory."
        case .damaged: "The decoder found an error in the file."
        case .label: "The label belongs to none of the classes, or is missing."
        case .duplicate: "Equal pixels at the working size, in the same split and class: they count twice."
        case .duplicateAcrossSplits:
            "Equal pixels in two splits: what is tested was also trained on, and accuracy looks too good."
        case .duplicateAcrossClasses: "Equal pixels with two labels: at least one label is wrong."
        case .nearDuplicate: "Nearly equal at 9 x 8 pixels, as copies saved or scaled again are."
        case .nearDuplicateAcrossSplits: "Nearly equal at 9 x 8 pixels in two splits: look whether they are copies."
        case .imbalance: "Less than a tenth of the training images of the largest class."
        case .missingClass: "Nothing can be said about these classes on that split."
        case .oddSize: "Another size than nine in ten images have, or a side four times the other: resizing distorts these most."
        case .oddMode: "Less than a tenth of the images differ in having colour or not."
        case .oddName: "Numbers in text order, names that differ in case only, or blanks at their ends."
        }
    }
}
