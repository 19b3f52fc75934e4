#include "commands/confined_restore.h"

#include <utility>

#include "base/try.h"
#include "codecs/codec.h"
#include "codecs/jpeg_in_jxl.h"
#include "optimize/source/source.h"
#include "platform/memory.h"
#include "sandbox/confined_call.h"
#include "schema/json_outcome.h"

namespace imgmill::cli {
namespace {

constexpr std::uint64_t address_space = std::uint64_t{16} << 30;

// The first letter of the child's answer.
constexpr char letter_jpeg = 'J';
constexpr char letter_error = 'E';

Result<Buffer> restored(ByteView jxl, const Limits& limits) {
  IMGMILL_TRY(const Source source, open_source(jxl, limits));
  if (source.info.format != Format::jpegxl) {
    return fail(ErrorCode::unsupported,
                "this is " + std::string(source.codec->info.name) + ", not JPEG XL",
                "name a file that imgmill optimize --format jxl --lossless has made of a JPEG");
  }
  return unpack_jpeg(jxl, limits.max_input_bytes);
}

std::string answer_of(const Result<Buffer>& jpeg) {
  if (jpeg) return letter_jpeg + std::string(as_text(jpeg->view()));
  const Json json = {{"error", json_of(jpeg.error())}};
  return letter_error + json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::unexpected<Error> nonsense() {
  return fail(ErrorCode::fault,
              "the process that restores JPEGs gave an answer that cannot be right",
              "handle the file with care, and report this");
}

Result<Buffer> understood(std::string_view answer) {
  if (answer.empty()) return nonsense();
  const std::string_view rest = answer.substr(1);
  if (answer.front() == letter_jpeg) {
    if (sniff(as_bytes(rest)) != Format::jpeg) return nonsense();
    return Buffer::copy_of(as_bytes(rest));
  }
  const Json json = Json::parse(rest, nullptr, false);
  if (!json.is_object()) return nonsense();
  const JsonPlace at{json, "answer"};
  IMGMILL_TRY(const JsonPlace error, required_at(at, "error"));
  IMGMILL_TRY(Error told, error_at(error));
  return std::unexpected(std::move(told));
}

}  // namespace

Result<ConfinedRestoring> restore_confined(ByteView jxl, const Limits& limits, SandboxMode mode) {
  ConfinedCall call;
  call.mode = mode;
  call.limits = {.address_space = address_space, .threads = 8};
  call.longest_answer = limits.max_input_bytes + 1024;
  call.prepare = [] { offer_to_die_first(); };
  call.work = [&] { return answer_of(restored(jxl, limits)); };
  IMGMILL_TRY(ConfinedAnswer answer, call_confined(call));
  IMGMILL_TRY(Buffer jpeg, understood(answer.bytes));
  return ConfinedRestoring{std::move(jpeg), std::move(answer.missing_layers)};
}

}  // namespace imgmill::cli
