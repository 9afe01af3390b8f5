import Artifacts

/// The widths that a group of channels may be brought to.
///
/// Multiples of `multiple`, where the group has at least two of them; of narrower groups multiples of the largest power of
/// two that goes into them twice. Never below the minimum width, or a quarter of a group narrower than four times that. The
/// whole group is always permitted.
struct PermittedWidths {
    private let channels: Int
    private let step: Int
    private let minimum: Int

    /// - Parameters:
    ///   - full: channels of the group before anything was removed, from which the rules are reckoned.
    ///   - channels: coupled channels of the group.
    ///   - width: channels of a layer that go with each.
    init(full: Int, channels: Int, width: Int, _ recipe: PruningRecipe) {
        self.channels = channels
        var unit = 1
        while unit * 4 <= full { unit *= 2 }
        unit = full >= 2 * recipe.multiple ? recipe.multiple : unit
        step = max(1, unit / width)
        minimum = max(1, (min(recipe.minimumWidth, (full + 3) / 4) + width - 1) / width)
    }

    /// The smallest permitted number of coupled channels that is not below `kept`.
    func atLeast(_ kept: Int) -> Int {
        let wanted = max(kept, minimum)
        return min(channels, (wanted + step - 1) / step * step)
    }
}
