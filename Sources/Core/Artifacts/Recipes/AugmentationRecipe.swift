package import Diagnostics

/// How training images are varied.
package struct AugmentationRecipe: Recipe {
    /// Black pixels added on each side before a random crop back to size; 0 does not crop.
    package var cropPadding = 2
    /// Mirrors left and right with probability one half.
    package var horizontalFlip = true
    /// Side of a black square at a random place; 0 leaves it out (DeVries and Taylor, 2017).
    package var cutoutSide = 0
    /// Probability that a rectangle of a random place, size and aspect is black (random erasing, Zhong et al., 2020).
    package var erasing = 0.0
    /// `α` of the Beta(α, α) that blends each image with another and their labels alike (mixup, Zhang et al., 2018); 0
    /// does not blend.
    package var mixup = 0.0

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case cropPadding
        case horizontalFlip
        case cutoutSide
        case erasing
        case mixup
    }

    /// Reads what is there; missing keys keep their defaults, unknown ones are refused.
    package init(from decoder: any Decoder) throws {
        let container = try StrictContainer(decoder, keys: CodingKeys.self)
        try container.read(.cropPadding, into: &cropPadding)
        try container.read(.horizontalFlip, into: &horizontalFlip)
        try container.read(.cutoutSide, into: &cutoutSide)
        try container.read(.erasing, into: &erasing)
        try container.read(.mixup, into: &mixup)
        try validate()
    }

    package func validate() throws(ErdeError) {
        try require(0...1024 ~= cropPadding, "cropPadding", "expected 0 to 1024 pixels, found \(cropPadding)")
        try require(0...4096 ~= cutoutSide, "cutoutSide", "expected 0 to 4096 pixels, found \(cutoutSide)")
        try require(0...1 ~= erasing, "erasing", "expected a probability of 0 to 1, found \(erasing)")
        try require(mixup == 0 || 0.05...2 ~= mixup, "mixup", "expected 0, or 0.05 to 2, found \(mixup)")
    }
}
