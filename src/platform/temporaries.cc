#include "platform/temporaries.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace imgmill {
namespace {

// A slot owns the name in it. Exchanging the pointer transfers ownership, so the handler and the
// writer never free or read the same name.
std::array<std::atomic<char*>, 512> slots;
// Names of files that the handler has removed: free() is not async-signal-safe, so the slot's owner
// frees them. Meanwhile the slot holds `removed`.
std::array<std::atomic<char*>, 512> done;
char removed[] = "";
static_assert(std::atomic<char*>::is_always_lock_free, "a signal handler uses it");

}  // namespace

TemporaryMark::TemporaryMark(const std::filesystem::path& file) {
  char* name = ::strdup(file.c_str());
  if (name == nullptr) return;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    char* free_slot = nullptr;
    if (slots[i].compare_exchange_strong(free_slot, name)) {
      slot_ = i + 1;
      return;
    }
  }
  std::free(name);
}

TemporaryMark::TemporaryMark(TemporaryMark&& other) noexcept
    : slot_(std::exchange(other.slot_, 0)) {}

TemporaryMark& TemporaryMark::operator=(TemporaryMark&& other) noexcept {
  std::swap(slot_, other.slot_);
  return *this;
}

void TemporaryMark::forget() {
  if (slot_ == 0) return;
  std::free(done[slot_ - 1].exchange(nullptr));
  // Must come last: after this the slot may have another owner.
  char* name = slots[slot_ - 1].exchange(nullptr);
  if (name != removed) std::free(name);
  slot_ = 0;
}

void unlink_temporaries() noexcept {
  const int saved = errno;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    char* name = slots[i].load();
    if (name == nullptr || name == removed) continue;
    if (!slots[i].compare_exchange_strong(name, removed)) continue;
    ::unlink(name);
    done[i].store(name);
  }
  errno = saved;
}

}  // namespace imgmill
