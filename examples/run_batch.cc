// Optimizes a whole folder and reports each image as it is done.
//   run_batch FOLDER OUT_FOLDER
#include <imgmill/imgmill.h>

#include <iostream>
#include <memory>

struct Reporter : imgmill::BatchObserver {
  void on_result(const imgmill::OptimizationResult& result) override {
    std::cout << result.original_path.string() << ": ";
    if (result.error) {
      std::cout << result.error->describe() << '\n';
    } else {
      std::cout << result.original_size << " -> " << result.optimized_size << " bytes\n";
    }
  }
};

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: run_batch FOLDER OUT_FOLDER\n";
    return 2;
  }
  imgmill::PlanRequest request;
  request.inputs = {argv[1]};
  request.output = argv[2];
  request.settings = std::make_shared<imgmill::ImageSettings>();
  auto tasks = imgmill::plan(request);
  if (!tasks) {
    std::cerr << tasks.error().describe() << '\n';
    return 2;
  }
  imgmill::ImageOptimizer optimizer;
  Reporter reporter;
  const auto summary = optimizer.run(**tasks, {}, reporter);
  std::cout << summary.succeeded << " of " << summary.tasks << " images, " << summary.bytes_before
            << " -> " << summary.bytes_after << " bytes\n";
  return summary.failed == 0 ? 0 : 1;
}
