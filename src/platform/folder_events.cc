#include "platform/folder_events.h"

#include <fmt/core.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/text.h"
#include "platform/io_error.h"

namespace imgmill {
namespace {

constexpr std::uint32_t wanted = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO |
                                 IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |
                                 IN_ONLYDIR | IN_EXCL_UNLINK;

std::optional<FolderEvent::Kind> kind_of(std::uint32_t mask) {
  if ((mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) return FolderEvent::Kind::ended;
  if ((mask & IN_CREATE) != 0) return FolderEvent::Kind::created;
  if ((mask & IN_MODIFY) != 0) return FolderEvent::Kind::written;
  if ((mask & IN_CLOSE_WRITE) != 0) return FolderEvent::Kind::closed;
  if ((mask & IN_MOVED_TO) != 0) return FolderEvent::Kind::came;
  if ((mask & (IN_MOVED_FROM | IN_DELETE)) != 0) return FolderEvent::Kind::left;
  return std::nullopt;
}

class Inotify final : public FolderEventSource {
 public:
  Inotify(FileDescriptor queue, FileDescriptor bell)
      : queue_(std::move(queue)), bell_(std::move(bell)) {}

  Result<int> add(const std::filesystem::path& folder) override {
    const int watch = ::inotify_add_watch(queue_.get(), folder.c_str(), wanted);
    if (watch >= 0) return watch;
    if (errno == ENOSPC) {
      return std::unexpected(
          Error(ErrorCode::environment,
                fmt::format("'{}' cannot be watched: this user watches as many folders as allowed",
                            printable(folder)),
                "raise the limit: sysctl fs.inotify.max_user_watches=1000000"));
    }
    return std::unexpected(io_error(errno, "watch", folder));
  }

  void remove(int watch) override { ::inotify_rm_watch(queue_.get(), watch); }

  Result<FolderEventBatch> wait() override {
    FolderEventBatch batch;
    std::array<pollfd, 2> waiting = {pollfd{queue_.get(), POLLIN, 0},
                                     pollfd{bell_.get(), POLLIN, 0}};
    while (::poll(waiting.data(), waiting.size(), -1) < 0) {
      if (errno != EINTR) return std::unexpected(io_error(errno, "wait for", "folders"));
    }
    if (waiting[1].revents != 0) {
      std::uint64_t rings = 0;
      [[maybe_unused]] const ssize_t ignored = ::read(bell_.get(), &rings, sizeof rings);
    }
    if (waiting[0].revents != 0) read_all(batch);
    return batch;
  }

  void wake() override {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(bell_.get(), &one, sizeof one);
  }

 private:
  void read_all(FolderEventBatch& batch) {
    alignas(inotify_event) std::array<char, 65536> room{};
    const ssize_t got = ::read(queue_.get(), room.data(), room.size());
    for (std::size_t at = 0; got > 0 && at + sizeof(inotify_event) <= static_cast<size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, room.data() + at, sizeof event);
      const char* const name = room.data() + at + sizeof event;
      at += sizeof event + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) batch.overflowed = true;
      if (const auto kind = kind_of(event.mask)) {
        batch.events.push_back({event.wd, *kind, (event.mask & IN_ISDIR) != 0,
                                event.len > 0 ? std::string(name) : std::string()});
      }
    }
  }

  const FileDescriptor queue_;
  const FileDescriptor bell_;
};

}  // namespace

Result<std::unique_ptr<FolderEventSource>> folder_events() {
  FileDescriptor queue(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!queue) {
    return std::unexpected(Error(ErrorCode::environment,
                                 fmt::format("folders cannot be watched: {}", std::strerror(errno)),
                                 "raise the limit: sysctl fs.inotify.max_user_instances=512"));
  }
  FileDescriptor bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!bell) return std::unexpected(io_error(errno, "wait for", "folders"));
  return std::make_unique<Inotify>(std::move(queue), std::move(bell));
}

}  // namespace imgmill
