#include "pool/message.h"

#include <fmt/core.h>

#include <cstring>

#include "base/try.h"

namespace imgmill {
namespace {

bool is_known(std::uint16_t kind) {
  const auto within = [&](MessageKind first, MessageKind last) {
    return kind >= static_cast<std::uint16_t>(first) && kind <= static_cast<std::uint16_t>(last);
  };
  return within(MessageKind::configure, MessageKind::stopped) ||
         within(MessageKind::ready, MessageKind::sketched);
}

}  // namespace

std::string encode(const Message& message) {
  MessageHeader header;
  header.kind = static_cast<std::uint16_t>(message.kind);
  header.id = message.id;
  header.value = message.value;
  std::string bytes(sizeof(header) + message.body.size(), '\0');
  std::memcpy(bytes.data(), &header, sizeof(header));
  message.body.copy(bytes.data() + sizeof(header), message.body.size());
  return bytes;
}

Result<Message> decode(std::string_view bytes) {
  MessageHeader header;
  if (bytes.size() < sizeof(header)) return fail(ErrorCode::bad_input, "a message is too short");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != MessageHeader::right_magic) {
    return fail(ErrorCode::bad_input, "a message is none of imgmill's");
  }
  if (header.version != wire_version) {
    return fail(ErrorCode::bad_input,
                fmt::format("a message is of version {}, not {}", header.version, wire_version));
  }
  if (!is_known(header.kind)) {
    return fail(ErrorCode::bad_input, fmt::format("a message is of unknown kind {}", header.kind));
  }
  return Message{static_cast<MessageKind>(header.kind), header.id, header.value,
                 std::string(bytes.substr(sizeof(header)))};
}

}  // namespace imgmill
