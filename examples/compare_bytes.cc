// Tells how much two images look alike, and draws where they do not.
//   compare_bytes ORIGINAL OTHER MAP.png
#include <imgmill/imgmill.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

namespace {
std::vector<char> file(const char* name) {
  std::ifstream in(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::vector<char> one = file(argv[1]), two = file(argv[2]);
  const auto found = imgmill::compare(std::as_bytes(std::span(one)), std::as_bytes(std::span(two)),
                                      {.map = imgmill::HeatMap::yes});
  if (!found) {
    std::cerr << found.error().describe() << '\n';
    return 1;
  }
  std::cout << found->score << ": " << found->verdict << '\n';
  std::ofstream(argv[3], std::ios::binary) << imgmill::as_text(found->map.view());
}
