#include "cembedded.h"

/* #embed (C23) reads a file of megabytes in a fraction of a second, where an array written out in Swift or C takes
 * minutes, and the paths are relative to this file. */
#ifdef __has_embed
#pragma clang diagnostic ignored "-Wc23-extensions"

#define FILE_BYTES(name) static const unsigned char name[]

FILE_BYTES(theme_colour_blind_toml) = {
#embed "../../Themes/colour-blind.toml"
};
FILE_BYTES(theme_dark_toml) = {
#embed "../../Themes/dark.toml"
};
FILE_BYTES(theme_high_contrast_toml) = {
#embed "../../Themes/high-contrast.toml"
};
FILE_BYTES(theme_light_toml) = {
#embed "../../Themes/light.toml"
};
FILE_BYTES(theme_mono_toml) = {
#embed "../../Themes/mono.toml"
};
FILE_BYTES(theme_projector_toml) = {
#embed "../../Themes/projector.toml"
};
FILE_BYTES(demo_exactness_toml) = {
#embed "../../Demos/exactness.toml"
};
FILE_BYTES(demo_kiosk_toml) = {
#embed "../../Demos/kiosk.toml"
};
FILE_BYTES(demo_parts_toml) = {
#embed "../../Demos/parts.toml"
};
FILE_BYTES(demo_real_toml) = {
#embed "../../Demos/real.toml"
};
FILE_BYTES(demo_threshold_toml) = {
#embed "../../Demos/threshold.toml"
};
FILE_BYTES(demo_tour_toml) = {
#embed "../../Demos/tour.toml"
};
FILE_BYTES(demo_views_toml) = {
#embed "../../Demos/views.toml"
};
FILE_BYTES(trace_minilm_layer1_safetensors) = {
#embed "../../Demos/traces/minilm-layer1.safetensors"
};
FILE_BYTES(trace_minilm_layer1_words_txt) = {
#embed "../../Demos/traces/minilm-layer1.words.txt"
};
FILE_BYTES(demo_zoom_toml) = {
#embed "../../Demos/zoom.toml"
};
FILE_BYTES(demo_needle_toml) = {
#embed "../../Demos/needle.toml"
};
FILE_BYTES(text_coriolanus_txt) = {
#embed "../../Demos/texts/coriolanus.txt"
};
FILE_BYTES(demo_policies_toml) = {
#embed "../../Demos/policies.toml"
};
FILE_BYTES(text_needle_txt) = {
#embed "../../Demos/texts/needle.txt"
};
FILE_BYTES(model_relu2_safetensors) = {
#embed "../../Demos/models/relu2.safetensors"
};
FILE_BYTES(model_softmax_safetensors) = {
#embed "../../Demos/models/softmax.safetensors"
};
FILE_BYTES(model_entmax_safetensors) = {
#embed "../../Demos/models/entmax.safetensors"
};
FILE_BYTES(model_held_out_txt) = {
#embed "../../Demos/models/held-out.txt"
};
FILE_BYTES(trace_smollm2_holmes_4096_safetensors) = {
#embed "../../Demos/traces/smollm2-holmes-4096.safetensors"
};
FILE_BYTES(trace_smollm2_holmes_4096_words_txt) = {
#embed "../../Demos/traces/smollm2-holmes-4096.words.txt"
};

#define FILE_AT(path, name) {path, name, sizeof name}

static const ce_file files[] = {
    FILE_AT("Themes/colour-blind.toml", theme_colour_blind_toml),
    FILE_AT("Themes/dark.toml", theme_dark_toml),
    FILE_AT("Themes/high-contrast.toml", theme_high_contrast_toml),
    FILE_AT("Themes/light.toml", theme_light_toml),
    FILE_AT("Themes/mono.toml", theme_mono_toml),
    FILE_AT("Themes/projector.toml", theme_projector_toml),
    FILE_AT("Demos/exactness.toml", demo_exactness_toml),
    FILE_AT("Demos/kiosk.toml", demo_kiosk_toml),
    FILE_AT("Demos/parts.toml", demo_parts_toml),
    FILE_AT("Demos/policies.toml", demo_policies_toml),
    FILE_AT("Demos/real.toml", demo_real_toml),
    FILE_AT("Demos/threshold.toml", demo_threshold_toml),
    FILE_AT("Demos/tour.toml", demo_tour_toml),
    FILE_AT("Demos/views.toml", demo_views_toml),
    FILE_AT("Demos/zoom.toml", demo_zoom_toml),
    FILE_AT("Demos/traces/minilm-layer1.safetensors", trace_minilm_layer1_safetensors),
    FILE_AT("Demos/traces/minilm-layer1.words.txt", trace_minilm_layer1_words_txt),
    FILE_AT("Demos/needle.toml", demo_needle_toml),
    FILE_AT("Demos/texts/coriolanus.txt", text_coriolanus_txt),
    FILE_AT("Demos/texts/needle.txt", text_needle_txt),
    FILE_AT("Demos/models/relu2.safetensors", model_relu2_safetensors),
    FILE_AT("Demos/models/softmax.safetensors", model_softmax_safetensors),
    FILE_AT("Demos/models/entmax.safetensors", model_entmax_safetensors),
    FILE_AT("Demos/models/held-out.txt", model_held_out_txt),
    FILE_AT("Demos/traces/smollm2-holmes-4096.safetensors", trace_smollm2_holmes_4096_safetensors),
    FILE_AT("Demos/traces/smollm2-holmes-4096.words.txt", trace_smollm2_holmes_4096_words_txt),
};

/* What .git/HEAD says, and the commit of the branch main where HEAD is on it; elsewhere nothing is claimed. */
#if __has_embed("../../.git/HEAD")
static const char head[] = {
#embed "../../.git/HEAD"
    , 0};
#else
static const char head[] = "";
#endif
#if __has_embed("../../.git/refs/heads/main")
static const char main_commit[] = {
#embed "../../.git/refs/heads/main"
    , 0};
#else
static const char main_commit[] = "";
#endif

const char *ce_head(void) { return head; }
const char *ce_main_commit(void) { return main_commit; }
int ce_count(void) { return sizeof files / sizeof *files; }
ce_file ce_at(int number) { return files[number]; }
#else
const char *ce_head(void) { return ""; }
const char *ce_main_commit(void) { return ""; }
int ce_count(void) { return 0; }
ce_file ce_at(int number) {
    (void)number;
    return (ce_file){"", 0, 0};
}
#endif
