import Graphs
import Tensors

/// `(weight, velocity)` after one step of stochastic gradient descent; the formula stands at `MomentumAttributes`.
func momentumUpdate(
    weight: DoubleTensor, gradient: DoubleTensor, velocity: DoubleTensor, learningRate: Double, gradientScale: Double,
    _ attributes: MomentumAttributes
) -> [DoubleTensor] {
    var newWeight = weight
    var newVelocity = velocity
    for index in weight.elements.indices {
        let slope = gradientScale * gradient[index] + attributes.weightDecay * weight[index]
        newVelocity[index] = attributes.momentum * velocity[index] + slope
        let step = attributes.nesterov ? slope + attributes.momentum * newVelocity[index] : newVelocity[index]
        newWeight[index] = weight[index] - learningRate * step
    }
    return [newWeight, newVelocity]
}
