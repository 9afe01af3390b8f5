/// What a look at all images of a dataset found worth knowing, with counts and examples.
package struct DatasetFindings: Hashable, Sendable, Codable {
    /// One kind of finding.
    package struct Finding: Hashable, Sendable, Codable {
        package var kind: FindingKind
        /// Images, or classes where the kind is about classes.
        package var count: Int
        /// The first few.
        package var examples: [Example]

        package init(kind: FindingKind, count: Int, examples: [Example]) {
            self.kind = kind
            self.count = count
            self.examples = examples
        }
    }

    /// One image or class that was found, or two images that belong together.
    package struct Example: Hashable, Sendable, Codable {
        package var images: [Image]
        /// In a few words, where the kind does not say it all.
        package var note: String?

        package init(images: [Image], note: String? = nil) {
            self.images = images
            self.note = note
        }
    }

    /// An image that is an example.
    package struct Image: Hashable, Sendable, Codable {
        /// Relative to the source.
        package var name: String
        /// nil for images that cannot be used.
        package var split: DatasetSplit?
        package var className: String?
        /// A PNG file, where a page is to show it.
        package var pngBase64: String?

        package init(name: String, split: DatasetSplit? = nil, className: String? = nil, pngBase64: String? = nil) {
            self.name = name
            self.split = split
            self.className = className
            self.pngBase64 = pngBase64
        }
    }

    /// Most examples that a finding keeps.
    package static let exampleLimit = 12

    /// In the order of `FindingKind.allCases`; kinds of which nothing was found are missing.
    package var findings: [Finding]

    package init(_ findings: [Finding] = []) { self.findings = findings }

    /// Changes every image of every example.
    package mutating func updateImages(_ update: (inout Image) -> Void) {
        for finding in findings.indices {
            for example in findings[finding].examples.indices {
                for image in findings[finding].examples[example].images.indices {
                    update(&findings[finding].examples[example].images[image])
                }
            }
        }
    }

    package subscript(kind: FindingKind) -> Finding? { findings.first { $0.kind == kind } }
}
