/// What one pruning did to a model.
package struct PruningRecord: Hashable, Sendable, Codable {
    package var recipe: PruningRecipe
    /// MACs of the whole network that were asked for.
    package var targetMACs: Double
    package var macsBefore: Int
    package var macsAfter: Int
    package var parametersBefore: Int
    package var parametersAfter: Int

    package init(
        recipe: PruningRecipe, targetMACs: Double, macsBefore: Int, macsAfter: Int, parametersBefore: Int,
        parametersAfter: Int
    ) {
        self.recipe = recipe
        self.targetMACs = targetMACs
        self.macsBefore = macsBefore
        self.macsAfter = macsAfter
        self.parametersBefore = parametersBefore
        self.parametersAfter = parametersAfter
    }
}
