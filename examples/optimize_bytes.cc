// Makes one image smaller in memory: bytes in, bytes out.
//   optimize_bytes IN OUT
#include <imgmill/imgmill.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: optimize_bytes IN OUT\n";
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::vector<char> file{std::istreambuf_iterator<char>(in), {}};

  const auto smaller = imgmill::optimize(std::as_bytes(std::span(file)));
  if (!smaller) {
    std::cerr << argv[1] << ": " << smaller.error().describe() << '\n';
    return 1;
  }
  const auto text = imgmill::as_text(smaller->bytes.view());
  std::ofstream(argv[2], std::ios::binary) << text;
  std::cout << imgmill::name_of(smaller->decision) << ": " << file.size() << " -> " << text.size()
            << " bytes, " << smaller->width << " x " << smaller->height << " pixels\n";
}
