package import Artifacts
import CProtobufC
import CSchemas
package import Diagnostics
import FoundationEssentials

extension CalibrationReport {
    /// The report as the message `erde.CalibrationReport` of `schemas/calibration.proto`.
    package func protobuf() throws(ErdeError) -> [UInt8] {
        let arena = ReportArena()
        var message = Erde__CalibrationReport()
        erde__calibration_report__init(&message)
        (message.has_format_version, message.format_version) = (1, UInt32(formatVersion))
        message.version = arena.text(version)
        message.model_name = arena.text(modelName)
        (message.n_class_names, message.class_names) = (classNames.count, arena.texts(classNames))
        message.score = arena.text(score.rawValue)
        (message.n_cumulative_macs, message.cumulative_macs) = (cumulativeMACs.count, arena.counts(cumulativeMACs))
        if let targetMACs { (message.has_target_macs, message.target_macs) = (1, targetMACs) }
        message.dataset = arena.message(dataset.message(arena))
        (message.n_models, message.models) = (models.count, arena.messages(models.map { $0.message(arena) }))
        (message.n_budgets, message.budgets) = (budgets.count, arena.messages(budgets.map { $0.message(arena) }))
        (message.n_curves, message.curves) = (curves.count, arena.messages(curves.map { $0.message(arena) }))
        (message.n_exits, message.exits) = (exits.count, arena.messages(exits.map { $0.message(arena) }))
        message.confusion = confusion.map { arena.message($0.message(arena)) }
        (message.n_examples, message.examples) = (examples.count, arena.messages(examples.map { $0.message(arena) }))
        let errors = teacherTrainingErrorPerExit ?? []
        message.n_teacher_training_error_per_exit = errors.count
        message.teacher_training_error_per_exit = arena.array(errors)
        message.n_candidates = candidates.count
        message.candidates = arena.messages(candidates.map { $0.message(arena) })
        message.candidate_choice = arena.text(candidateChoice)
        message.provenance_json = arena.text(try provenance.map(provenanceText))
        (message.n_warnings, message.warnings) = (warnings.count, arena.texts(warnings))

        var bytes = [UInt8](repeating: 0, count: erde__calibration_report__get_packed_size(&message))
        let written = withExtendedLifetime(arena) { erde__calibration_report__pack(&message, &bytes) }
        precondition(written == bytes.count, "\(written) bytes packed, \(bytes.count) announced")
        return bytes
    }
}

/// The provenance as it stands in the model's own metadata: JSON with sorted keys.
private func provenanceText(_ provenance: Provenance) throws(ErdeError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
        return String(decoding: try encoder.encode(provenance), as: UTF8.self)
    } catch {
        throw ErdeError(.badData, "provenance", "cannot be written as JSON: \(error)")
    }
}
