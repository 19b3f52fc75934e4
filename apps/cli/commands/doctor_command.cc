#include <dlfcn.h>
#include <fmt/format.h>
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "codecs/engine.h"
#include "commands/commands.h"
#include "imgmill/version.h"
#include "platform/cpu.h"
#include "platform/memory.h"
#include "quality/ssimulacra2.h"
#include "sandbox/sandbox.h"
#include "terminal/columns.h"

namespace imgmill::cli {
namespace {

/// The SIMD features that matter for the speed of the codecs.
std::vector<std::string> cpu_features() {
  std::vector<std::string> features;
#if defined(__x86_64__) || defined(__i386__)
  __builtin_cpu_init();
  const auto note = [&](const char* name, int there) {
    if (there != 0) features.emplace_back(name);
  };
  note("sse2", __builtin_cpu_supports("sse2"));
  note("ssse3", __builtin_cpu_supports("ssse3"));
  note("sse4.1", __builtin_cpu_supports("sse4.1"));
  note("sse4.2", __builtin_cpu_supports("sse4.2"));
  note("avx", __builtin_cpu_supports("avx"));
  note("avx2", __builtin_cpu_supports("avx2"));
  note("fma", __builtin_cpu_supports("fma"));
  note("bmi2", __builtin_cpu_supports("bmi2"));
  note("avx512f", __builtin_cpu_supports("avx512f"));
  note("avx512bw", __builtin_cpu_supports("avx512bw"));
  note("avx512vl", __builtin_cpu_supports("avx512vl"));
#elif defined(__aarch64__)
  features.emplace_back("neon");
#endif
  return features;
}

/// Name of the memory allocator. A preloaded one is recognized by its symbols.
std::string allocator() {
  struct Known {
    const char* symbol;
    const char* name;
  };
  for (const Known& known : {Known{"mallctl", "jemalloc"}, Known{"mi_version", "mimalloc"},
                             Known{"MallocExtension_ReleaseFreeMemory", "tcmalloc"}}) {
    if (dlsym(RTLD_DEFAULT, known.symbol) != nullptr) return known.name;
  }
#if defined(__GLIBC__)
  return fmt::format("glibc {}", gnu_get_libc_version());
#else
  return "of the C library";
#endif
}

nlohmann::ordered_json for_programs() {
  const CoreBudget cores = core_budget();
  nlohmann::ordered_json object;
  object["version"] = imgmill::version;
  object["engine"] = {{"name", "libvips"}, {"version", engine_version()}};
  object["formats"] = nlohmann::ordered_json::array();
  for (const FormatInfo& format : formats()) {
    object["formats"].push_back({{"name", format.name},
                                 {"mime_type", format.mime_type},
                                 {"extensions", std::vector<std::string>(format.extensions.begin(),
                                                                         format.extensions.end())},
                                 {"read", true},
                                 {"write", format.writable},
                                 {"lossy", format.lossy},
                                 {"lossless", format.lossless},
                                 {"alpha", format.alpha},
                                 {"animation", format.animation},
                                 {"max_bits", format.max_bits},
                                 {"max_side", format.max_side},
                                 {"default_quality", format.default_quality}});
  }
  object["cores"] = {
      {"used", cores.cores},
      {"online", cores.online},
      {"affinity", cores.affinity},
      {"cgroup_quota", cores.cgroup_quota > 0 ? nlohmann::ordered_json(cores.cgroup_quota)
                                              : nlohmann::ordered_json()}};
  const MemoryBudget memory = memory_budget();
  object["memory"] = {{"used", memory.most() / 2},
                      {"machine", memory.machine},
                      {"cgroup", memory.cgroup > 0 ? nlohmann::ordered_json(memory.cgroup)
                                                   : nlohmann::ordered_json()}};
  object["cpu_features"] = cpu_features();
  object["metric"] = {{"name", "SSIMULACRA 2.1"}, {"targets", simd_targets()}};
  object["allocator"] = allocator();
  object["sandbox"] = nlohmann::ordered_json::array();
  for (const LayerReport& layer : probe_sandbox()) {
    object["sandbox"].push_back({{"layer", name_of(layer.layer)},
                                 {"state", name_of(layer.state)},
                                 {"reason", layer.reason}});
  }
  return object;
}

std::string for_people() {
  const CoreBudget cores = core_budget();
  std::string text = fmt::format("imgmill {} (libvips {})\n\n", imgmill::version, engine_version());
  text += "formats  read  write  lossy  lossless  transparency  animation  bits\n";
  const auto mark = [](bool is) { return is ? "yes" : "-"; };
  for (const FormatInfo& format : formats()) {
    text +=
        fmt::format("  {:<6}  {:<4}  {:<5}  {:<5}  {:<8}  {:<12}  {:<9}  {}\n", format.name,
                    mark(true), mark(format.writable), mark(format.lossy), mark(format.lossless),
                    mark(format.alpha), mark(format.animation), format.max_bits);
  }
  text += fmt::format("\ncores    {} used: {} online, {} allowed by the affinity mask, {}\n",
                      cores.cores, cores.online, cores.affinity,
                      cores.cgroup_quota > 0
                          ? fmt::format("{:.1f} granted by the cgroup", cores.cgroup_quota)
                          : "no limit of the cgroup");
  text += fmt::format("CPU      {}\n", fmt::join(cpu_features(), " "));
  text += fmt::format("metric   SSIMULACRA 2.1 with {}\n", simd_targets().front());
  const MemoryBudget memory = memory_budget();
  text += fmt::format("memory   {} for images: {} in the machine, {}; {}\n\nsandbox\n",
                      human_size(memory.most() / 2), human_size(memory.machine),
                      memory.cgroup > 0
                          ? fmt::format("{} granted by the cgroup", human_size(memory.cgroup))
                          : "no limit of the cgroup",
                      allocator());
  for (const LayerReport& layer : probe_sandbox()) {
    const char* gap = layer.reason.empty() ? "" : ": ";
    text += fmt::format("  {:<17}  {}{}{}\n", name_of(layer.layer), name_of(layer.state), gap,
                        layer.reason);
  }
  return text;
}

}  // namespace

Status doctor_command(const DoctorOptions& options, Screen& screen) {
  const std::string text = options.json ? for_programs().dump(2) + "\n" : for_people();
  return screen.data(text) ? Status::well : Status::some_failed;
}

}  // namespace imgmill::cli
