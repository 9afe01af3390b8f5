/// The trap of ERDE: a teacher that is almost never wrong on the training images leaves nothing to be unsure of.
package enum MemorisedTeacher {
    /// The error, 0…1, under which ERDE is distillation in all but name.
    package static let leastError = 0.005

    /// What to tell when the error is below at every exit; nil otherwise.
    ///
    /// - Parameter errorPerExit: of the exits that matter, on augmented training images, 0…1.
    package static func warning(errorPerExit: [Double]) -> String? {
        guard let worst = errorPerExit.max(), worst < leastError else { return nil }
        let percent = (worst * 10_000).rounded() / 100
        return "the teacher is wrong on at most \(percent) % of the augmented training images at any exit, too few for "
            + "--method erde to do more than kd; train it with more of --crop, --cutout, --erasing, --mixup or --label-smoothing, give train "
            + "--out-of-fold 5 and compress --out-of-fold mask, or give compress --wrong-rule either"
    }
}
