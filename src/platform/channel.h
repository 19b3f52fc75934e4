// Messages between processes, with descriptors travelling along.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "platform/file.h"

namespace imgmill {

/// What arrived in one piece. Descriptors are closed on exec.
struct Packet {
  std::string bytes;
  std::vector<FileDescriptor> descriptors;
};

/// One end of a pair of connected sockets that keep the borders of messages
/// (SOCK_SEQPACKET). One thread may send while another one receives.
class Channel {
 public:
  /// No longer message is sent or accepted, in bytes.
  static constexpr std::size_t max_message = 64 * 1024;
  static constexpr std::size_t max_descriptors = 4;

  Channel() = default;
  explicit Channel(FileDescriptor socket) : socket_(std::move(socket)) {}
  /// Two connected ends. Errors: environment.
  [[nodiscard]] static Result<std::pair<Channel, Channel>> pair();

  /// At most `max_message` bytes. Errors: environment, also when the other end is gone.
  [[nodiscard]] Result<void> send(std::string_view bytes, std::span<const int> descriptors = {});
  /// Waits for a message. No bytes at all: the other end is closed.
  /// Errors: environment, also for a message that is too long.
  [[nodiscard]] Result<Packet> receive();

  [[nodiscard]] int get() const { return socket_.get(); }
  explicit operator bool() const { return static_cast<bool>(socket_); }

 private:
  FileDescriptor socket_;
};

/// The two ends of a pipe, closed on exec.
struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};
/// Neither end ever waits: what does not fit is lost to the writer. Errors: environment.
[[nodiscard]] Result<Pipe> make_pipe();

}  // namespace imgmill
