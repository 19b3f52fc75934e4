#include <array>
#include <mutex>

#include "batch/batch_processor.h"
#include "batch/image_optimizer_access.h"
#include "executor/executor.h"
#include "imgmill/batch.h"
#include "imgmill/optimize.h"

namespace imgmill {
namespace {

/// A GIF of one white pixel: the smallest image that goes through everything.
constexpr std::array<unsigned char, 35> tiny_image = {
    'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0xFF, 0xFF, 0,  0,
    0,   ',', 0,   0,   0,   0,   1, 0, 1, 0, 0,    2, 2, 0x44, 1,    0,    ';'};

}  // namespace

class ImageOptimizer::Impl {
 public:
  explicit Impl(std::unique_ptr<Executor> given) : executor(std::move(given)) {}

  std::unique_ptr<Executor> executor;
};

ImageOptimizer::ImageOptimizer(int jobs)
    : ImageOptimizer(std::make_unique<Impl>(make_thread_executor(jobs))) {
  const ImageSettings settings;
  const Limits limits;
  // The engine loads its tables at its first image; better now than then.
  const ByteView tiny = std::as_bytes(std::span(tiny_image));
  if (const auto warm = impl_->executor->process({tiny, settings, limits}, {}); !warm) return;
}
ImageOptimizer::ImageOptimizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ImageOptimizer::~ImageOptimizer() = default;
ImageOptimizer::ImageOptimizer(ImageOptimizer&&) noexcept = default;
ImageOptimizer& ImageOptimizer::operator=(ImageOptimizer&&) noexcept = default;

Result<Optimized> ImageOptimizer::optimize(ByteView input, const ImageSettings& settings,
                                           const Limits& limits) {
  return imgmill::optimize(input, settings, limits);
}

BatchSummary ImageOptimizer::run(TaskSource& tasks, const BatchOptions& options,
                                 BatchObserver& observer, std::stop_token stop) {
  return BatchProcessor(*impl_->executor, tasks, options, observer, std::move(stop)).run();
}

ImageOptimizer ImageOptimizerAccess::with(std::unique_ptr<Executor> executor) {
  return ImageOptimizer(std::make_unique<ImageOptimizer::Impl>(std::move(executor)));
}

}  // namespace imgmill
