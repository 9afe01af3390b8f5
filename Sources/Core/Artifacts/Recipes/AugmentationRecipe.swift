/// How training images are varied.
package struct AugmentationRecipe: Hashable, Sendable, Codable {
    /// Black pixels added on each side before a random crop back to size; 0 does not crop.
    package var cropPadding = 2
    /// Mirrors left and right with probability one half.
    package var horizontalFlip = true
    /// Side of a black square at a random place; 0 leaves it out (DeVries and Taylor, 2017).
    package var cutoutSide = 0

    package init() {}
}
