#include "server/http/zip_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace imgmill::server {
namespace {

constexpr std::size_t part_bytes = 64 * 1024;

/// Gives this thread a UTF-8 locale during its lifetime: libarchive takes the encoding of names
/// from the locale.
class Utf8Names {
 public:
  Utf8Names() : before_(::uselocale(locale())) {}
  ~Utf8Names() { ::uselocale(before_); }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  static locale_t locale() {
    static const locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made == nullptr ? LC_GLOBAL_LOCALE : made;
  }
  locale_t before_;
};

struct ArchiveFree {
  void operator()(archive* what) const { archive_write_free(what); }
};
struct EntryFree {
  void operator()(archive_entry* what) const { archive_entry_free(what); }
};

class ZipStream final : public BodySource {
 public:
  explicit ZipStream(ZipEntries entries) : entries_(std::move(entries)), room_(part_bytes) {
    archive_.reset(archive_write_new());
    broken_ =
        !archive_ || archive_write_set_format_zip(archive_.get()) != ARCHIVE_OK ||
        archive_write_set_format_option(archive_.get(), "zip", "compression", "store") !=
            ARCHIVE_OK ||
        archive_write_set_format_option(archive_.get(), "zip", "hdrcharset", "UTF-8") !=
            ARCHIVE_OK ||
        // No buffering into blocks, and no padding at the end.
        archive_write_set_bytes_per_block(archive_.get(), 0) != ARCHIVE_OK ||
        archive_write_open2(archive_.get(), this, nullptr, &take, nullptr, nullptr) != ARCHIVE_OK;
  }

  Read read(std::span<char> room) override {
    while (sent_ == made_.size()) {
      made_.clear();
      sent_ = 0;
      if (over_) return {0, State::end};
      if (broken_) return {0, State::broken};
      const Utf8Names utf8;
      make_more();
    }
    const std::size_t part = std::min(room.size(), made_.size() - sent_);
    std::copy_n(made_.data() + sent_, part, room.data());
    sent_ += part;
    return {part, State::more};
  }

 private:
  static la_ssize_t take(archive* /*archive*/, void* context, const void* bytes, std::size_t size) {
    try {
      static_cast<ZipStream*>(context)->made_.append(static_cast<const char*>(bytes), size);
      return static_cast<la_ssize_t>(size);
    } catch (const std::exception&) {
      return -1;
    }
  }

  void make_more() {
    if (left_ > 0) return copy_part();
    if (current_) {
      broken_ = archive_write_finish_entry(archive_.get()) != ARCHIVE_OK;
      current_.reset();
      return;
    }
    current_ = entries_();
    if (!current_) {
      broken_ = archive_write_close(archive_.get()) != ARCHIVE_OK;
      over_ = !broken_;
      return;
    }
    begin_entry();
  }

  void begin_entry() {
    const std::unique_ptr<archive_entry, EntryFree> entry(archive_entry_new2(archive_.get()));
    const FileFacts& facts = current_->file.facts;
    archive_entry_set_pathname_utf8(entry.get(), current_->name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(facts.size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), facts.modified.tv_sec, 0);
    broken_ = archive_write_header(archive_.get(), entry.get()) < ARCHIVE_WARN;
    left_ = facts.size;
    at_ = 0;
  }

  void copy_part() {
    const std::size_t wanted = std::min<std::uint64_t>(left_, room_.size());
    const ssize_t got =
        ::pread(current_->file.descriptor.get(), room_.data(), wanted, static_cast<off_t>(at_));
    if (got < 0 && errno == EINTR) return;
    const auto bytes = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    broken_ = bytes == 0 || archive_write_data(archive_.get(), room_.data(), bytes) !=
                                static_cast<la_ssize_t>(bytes);
    left_ -= bytes;
    at_ += bytes;
  }

  ZipEntries entries_;
  std::vector<char> room_;
  std::string made_;
  std::size_t sent_ = 0;
  std::optional<ZipEntry> current_;
  std::uint64_t left_ = 0;
  std::uint64_t at_ = 0;
  bool over_ = false;
  bool broken_ = false;
  std::unique_ptr<archive, ArchiveFree> archive_;  ///< last member, so destroyed first: its
                                                   ///< destruction calls take()
};

}  // namespace

std::unique_ptr<BodySource> zip_of(ZipEntries entries) {
  return std::make_unique<ZipStream>(std::move(entries));
}

}  // namespace imgmill::server
