import Assets
import Simulation

extension ModelSettings {
    /// The models and the play that the package brings.
    public static var bundled: ModelSettings {
        var settings = ModelSettings()
        for (activation, name) in [("relu", "relu2"), ("softmax", "softmax"), ("entmax", "entmax")] {
            settings.paths[activation] = Assets.models.appendingPathComponent(name + ".safetensors").path
        }
        settings.promptPath = Assets.play.path
        settings.usualLength = 16_384
        return settings
    }
}
