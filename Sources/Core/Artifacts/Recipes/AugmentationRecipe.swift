package import Diagnostics

/// How training images are varied.
package struct AugmentationRecipe: Recipe {
    /// Black pixels added on each side before a random crop back to size; 0 does not crop.
    package var cropPadding = 2
    /// Mirrors left and right with probability one half.
    package var horizontalFlip = true
    /// Side of a black square at a random place; 0 leaves it out (DeVries and Taylor, 2017).
    package var cutoutSide = 0

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case cropPadding
        case horizontalFlip
        case cutoutSide
    }

    /// Reads what is there; missing keys keep their defaults, unknown ones are refused.
    package init(from decoder: any Decoder) throws {
        let container = try StrictContainer(decoder, keys: CodingKeys.self)
        try container.read(.cropPadding, into: &cropPadding)
        try container.read(.horizontalFlip, into: &horizontalFlip)
        try container.read(.cutoutSide, into: &cutoutSide)
        try validate()
    }

    package func validate() throws(ErdeError) {
        try require(0...1024 ~= cropPadding, "cropPadding", "expected 0 to 1024 pixels, found \(cropPadding)")
        try require(0...4096 ~= cutoutSide, "cutoutSide", "expected 0 to 4096 pixels, found \(cutoutSide)")
    }
}
