#include "mutator.h"

#include <algorithm>
#include <array>

namespace imgmill::test {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr std::size_t header_bytes = 256;

class Mutation {
 public:
  Mutation(Bytes& file, const Bytes& other, std::mt19937_64& random)
      : file_(file), other_(other), random_(random) {}

  void once() {
    if (file_.empty()) return;
    switch (below(10)) {
      case 0:
        file_[place()] ^= static_cast<std::byte>(1U << below(8));
        break;
      case 1:
        file_[place()] = static_cast<std::byte>(below(256));
        break;
      case 2:
      case 3:
        put_number();
        break;
      case 4:
        fill();
        break;
      case 5:
        cut_out();
        break;
      case 6:
        put_in(piece_of(file_));
        break;
      case 7:
        put_in(piece_of(other_));
        break;
      case 8:
        overwrite(piece_of(below(2) == 0 ? file_ : other_));
        break;
      default:
        file_.resize(below(file_.size()));
        break;
    }
  }

 private:
  // The results of std::uniform_int_distribution depend on the library.
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }

  std::size_t place() {
    return below(below(2) == 0 ? std::min(header_bytes, file_.size()) : file_.size());
  }

  // Sizes, counts and offsets: too large, wrapping or negative.
  void put_number() {
    constexpr std::array<std::uint64_t, 12> numbers{0,          1,          0x7F,       0x80,
                                                    0xFF,       0x7FFF,     0x8000,     0xFFFF,
                                                    0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0};
    const std::uint64_t number = numbers[below(numbers.size())];
    const std::size_t size = std::size_t{1} << below(3);
    const bool little = below(2) == 0;
    const std::size_t at = place();
    for (std::size_t i = 0; i < size && at + i < file_.size(); ++i) {
      const std::size_t shift = 8 * (little ? i : size - 1 - i);
      file_[at + i] = static_cast<std::byte>(number >> shift & 0xFF);
    }
  }

  void fill() {
    const std::size_t at = place();
    const std::size_t end = std::min(file_.size(), at + 1 + below(200));
    const std::size_t kind = below(3);
    for (std::size_t i = at; i < end; ++i) {
      file_[i] = static_cast<std::byte>(kind == 0 ? 0 : kind == 1 ? 0xFF : below(256));
    }
  }

  void cut_out() {
    const std::size_t at = place();
    const std::size_t size = std::min(file_.size() - at, 1 + below(300));
    const auto from = file_.begin() + static_cast<std::ptrdiff_t>(at);
    file_.erase(from, from + static_cast<std::ptrdiff_t>(size));
  }

  Bytes piece_of(const Bytes& file) {
    if (file.empty()) return {};
    const std::size_t at = below(file.size());
    const std::size_t size = std::min(file.size() - at, 1 + below(400));
    const auto from = file.begin() + static_cast<std::ptrdiff_t>(at);
    return {from, from + static_cast<std::ptrdiff_t>(size)};
  }

  void put_in(const Bytes& piece) {
    if (file_.size() + piece.size() > most_bytes) return;
    file_.insert(file_.begin() + static_cast<std::ptrdiff_t>(place()), piece.begin(), piece.end());
  }

  void overwrite(const Bytes& piece) {
    const std::size_t at = place();
    const std::size_t size = std::min(piece.size(), file_.size() - at);
    std::copy_n(piece.begin(), size, file_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  Bytes& file_;
  const Bytes& other_;
  std::mt19937_64& random_;
};

}  // namespace

void mutate(Bytes& file, const Bytes& other, std::mt19937_64& random) {
  Mutation mutation(file, other, random);
  const std::uint64_t count = random() % 2 == 0 ? 1 : 1 + random() % 5;
  for (std::uint64_t i = 0; i < count; ++i) mutation.once();
}

}  // namespace imgmill::test
