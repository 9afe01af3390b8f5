import Artifacts
import Diagnostics
import Graphs
import Tensors

/// The ensembles of a network's own exits that its exits learn from: MATE (Sun, Chen, Wang, Ye, Feng, Chen, FITEE 25(4),
/// 2024), as reconstructed from what that paper states.
///
///     A = softmax over each row of U [n,n]           ensemble j weighs exit k by A_jk
///     t_j = Σ_k A_jk z_k                             the network is detached here
///     L_weights = Σ_j (1/N) Σ_x [ CE(t_j, q) + η T² KL( softmax(t_j/T) ‖ softmax(z_j/T) ) ]
///
/// The gradient of `L_weights` enters `U` alone, and what exits learn from the ensembles enters the network alone.
struct EnsembleTeachers {
    /// `U`, and what it holds at the start; nil where the weights do not learn.
    let weightLogits: (value: Value, initial: Tensor)?
    /// `L_weights`, a scalar; nil where the weights do not learn.
    let weightLoss: Value?
    private let settings: SelfDistillation
    /// Per ensemble `softmax(t_j/T)`, detached from everything, `[N,K]`.
    private let probabilities: [Value]
    /// Per ensemble `Σ_c p_c log p_c`, detached, `[N]`.
    private let negativeEntropies: [Value]
    /// Sums over all ensembles.
    private let totalProbabilities: Value
    private let totalNegativeEntropy: Value

    /// - Parameters:
    ///   - studentLogits: `z_i [N,K]` of at least two exits, shallowest first.
    ///   - targets: the distribution `q [N,K]`.
    init(
        _ settings: SelfDistillation, studentLogits: [Value], targets: Value, in builder: inout GraphBuilder
    ) throws(ErdeError) {
        precondition(studentLogits.count > 1, "ensembles of \(studentLogits.count) exits")
        self.settings = settings
        let exits = studentLogits.count
        var detached: [Value] = []
        for logits in studentLogits { detached.append(try builder.apply(.stopGradient, logits)) }
        let ensembles: [Value]
        if let frozen = EnsembleWeights(frozen: settings.ensembles, exits: exits) {
            ensembles = try builder.ensembles(of: detached, weights: frozen)
            (weightLogits, weightLoss) = (nil, nil)
        } else {
            let logits = builder.variable("weight_logits", [exits, exits], role: .bias)
            ensembles = try builder.ensembles(of: detached, weightLogits: logits)
            weightLogits = (logits, EnsembleWeights.initialLogits(exits: exits))
            weightLoss = try builder.weightLoss(settings, ensembles: ensembles, exits: detached, targets: targets)
        }
        var probabilities: [Value] = []
        var negativeEntropies: [Value] = []
        for ensemble in ensembles {
            let fixed = try builder.apply(.stopGradient, ensemble)
            let logProbabilities = try builder.logProbabilities(fixed, temperature: settings.temperature)
            probabilities.append(try builder.apply(.exp, logProbabilities))
            let terms = try builder.apply(.multiply, probabilities[probabilities.count - 1], logProbabilities)
            negativeEntropies.append(try builder.apply(.reduceSum(Reduction(axes: [1])), terms))
        }
        totalProbabilities = try builder.sum(probabilities)
        totalNegativeEntropy = try builder.sum(negativeEntropies)
        self.probabilities = probabilities
        self.negativeEntropies = negativeEntropies
    }

    /// How far an exit is from its teachers, one value per image.
    ///
    ///     T² Σ_j O_ij KL( softmax(t_j/T) ‖ softmax(z_i/T) ),    O_ii = ρ,  O_ij = (1 − ρ)/(n − 1)
    ///
    /// Its gradient with respect to `z_i` is `T (softmax(z_i/T) − Σ_j O_ij softmax(t_j/T))`; none enters the ensembles.
    ///
    /// - Parameter logits: `z_i [N,K]`
    /// - Returns: `[N]`, in nats times T².
    func divergence(ofExit exit: Int, logits: Value, in builder: inout GraphBuilder) throws(ErdeError) -> Value {
        // Since the O_ij sum to 1, the divergences sum to the cross-entropy with the mean of the teachers, less the mean of
        // their entropies: one product instead of n.
        let student = try builder.logProbabilities(logits, temperature: settings.temperature)
        let teacher = try share(probabilities[exit], of: totalProbabilities, in: &builder)
        let negativeEntropy = try share(negativeEntropies[exit], of: totalNegativeEntropy, in: &builder)
        let agreement = try builder.apply(
            .reduceSum(Reduction(axes: [1])), try builder.apply(.multiply, teacher, student))
        let divergence = try builder.apply(.subtract, negativeEntropy, agreement)
        return try builder.apply(.affine(scale: settings.temperature * settings.temperature, offset: 0), divergence)
    }

    /// `Σ_j O_ij x_j`, given `x_i` and the sum of all `x_j`.
    private func share(_ own: Value, of total: Value, in builder: inout GraphBuilder) throws(ErdeError) -> Value {
        let other = (1 - settings.rho) / Double(probabilities.count - 1)
        let ownPart = try builder.apply(.affine(scale: settings.rho - other, offset: 0), own)
        return try builder.apply(.add, try builder.apply(.affine(scale: other, offset: 0), total), ownPart)
    }
}

extension GraphBuilder {
    /// The sum of values of one type.
    fileprivate mutating func sum(_ values: [Value]) throws(ErdeError) -> Value {
        var total = values[0]
        for value in values.dropFirst() { total = try apply(.add, total, value) }
        return total
    }

    /// `t_j = Σ_k A_jk z_k` with weights that are numbers.
    fileprivate mutating func ensembles(of exits: [Value], weights: EnsembleWeights) throws(ErdeError) -> [Value] {
        var ensembles: [Value] = []
        for row in weights.rows {
            var terms: [Value] = []
            for (exit, weight) in zip(exits, row) where weight != 0 {
                terms.append(weight == 1 ? exit : try apply(.affine(scale: weight, offset: 0), exit))
            }
            ensembles.append(try sum(terms))
        }
        return ensembles
    }

    /// `t_j = Σ_k A_jk z_k` with `A` the softmax of each row of `weightLogits [n,n]`.
    fileprivate mutating func ensembles(of exits: [Value], weightLogits: Value) throws(ErdeError) -> [Value] {
        let weights = try apply(.exp, try apply(.logSoftmax, weightLogits), name: "weights")
        let product = Op.matMul(transposeLeft: false, transposeRight: false)
        func unit(_ place: Int, _ shape: Shape) -> Tensor { Tensor(shape, exits.indices.map { $0 == place ? Float(1) : 0 }) }
        let rows = exits.indices.map { constant("row\($0 + 1)", unit($0, [1, exits.count])) }
        let columns = exits.indices.map { constant("column\($0 + 1)", unit($0, [exits.count, 1])) }
        var ensembles: [Value] = []
        for row in rows {
            let ofEnsemble = try apply(product, row, weights)
            var terms: [Value] = []
            for (exit, column) in zip(exits, columns) {
                terms.append(try apply(.multiply, exit, try apply(product, ofEnsemble, column)))
            }
            ensembles.append(try sum(terms))
        }
        return ensembles
    }

    /// `L_weights`, of ensembles that carry a gradient and exits that carry none.
    fileprivate mutating func weightLoss(
        _ settings: SelfDistillation, ensembles: [Value], exits: [Value], targets: Value
    ) throws(ErdeError) -> Value {
        var perImage: [Value] = []
        for (ensemble, exit) in zip(ensembles, exits) {
            perImage.append(try crossEntropy(logits: ensemble, targets: targets))
            guard settings.eta != 0 else { continue }
            let divergence = try divergence(
                ofLogProbabilities: try logProbabilities(ensemble, temperature: settings.temperature),
                from: try logProbabilities(exit, temperature: settings.temperature))
            let scale = settings.eta * settings.temperature * settings.temperature
            perImage.append(try apply(.affine(scale: scale, offset: 0), divergence))
        }
        return try apply(.reduceMean(Reduction(axes: [0])), try sum(perImage), name: "weight_loss")
    }
}
