#include "codecs/engine_log.h"

#include <glib.h>

#include <mutex>

namespace imgmill {

void log_to_standard_error() {
  static std::once_flag once;
  std::call_once(once, [] {
    g_log_set_writer_func(
        [](GLogLevelFlags level, const GLogField* fields, gsize count, gpointer) {
          constexpr int told = G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING;
          if ((level & told) == 0) return G_LOG_WRITER_HANDLED;
          return g_log_writer_standard_streams(level, fields, count, nullptr);
        },
        nullptr, nullptr);
  });
}

}  // namespace imgmill
