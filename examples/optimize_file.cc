// Makes a WebP of one file, at most 1600 pixels wide.
//   optimize_file IN OUT
#include <imgmill/imgmill.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: optimize_file IN OUT\n";
    return 2;
  }
  imgmill::ImageSettings settings;
  settings.output_format = imgmill::Format::webp;
  settings.quality.webp = 80;
  settings.resize = {.mode = imgmill::ResizeMode::width, .width = 1600};

  const auto result = imgmill::optimize_file(argv[1], argv[2], settings);
  if (!result) {
    std::cerr << result.error().describe() << '\n';
    return 1;
  }
  std::cout << result->optimized_path.string() << ": " << result->original_size << " -> "
            << result->optimized_size << " bytes, " << result->compression_ratio() << "% saved\n";
}
