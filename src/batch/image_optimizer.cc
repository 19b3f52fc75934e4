#include <tuple>
#include <utility>

#include "base/try.h"
#include "batch/batch_processor.h"
#include "batch/image_optimizer_access.h"
#include "executor/executor.h"
#include "imgmill/batch.h"
#include "imgmill/optimize.h"
#include "pool/process_executor.h"
#include "pool/warm_up.h"

namespace imgmill {

namespace {

// The engine loads its tables with its first image; do that now rather than later. If that fails,
// every image will report it.
ImageOptimizer warm(ImageOptimizer optimizer) {
  std::ignore = warm_up(optimize_admitted);
  return optimizer;
}

}  // namespace

class ImageOptimizer::Impl {
 public:
  explicit Impl(std::unique_ptr<Executor> given) : executor(std::move(given)) {}
  explicit Impl(std::unique_ptr<ProcessExecutor> given)
      : processes(given.get()), pool(&given->pool()), executor(std::move(given)) {}

  ProcessExecutor* processes = nullptr;
  ProcessPool* pool = nullptr;
  std::unique_ptr<Executor> executor;
};

ImageOptimizer::ImageOptimizer(int jobs)
    : ImageOptimizer(warm(ImageOptimizer(std::make_unique<Impl>(make_thread_executor(jobs))))) {}
ImageOptimizer::ImageOptimizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ImageOptimizer::~ImageOptimizer() = default;
ImageOptimizer::ImageOptimizer(ImageOptimizer&&) noexcept = default;
ImageOptimizer& ImageOptimizer::operator=(ImageOptimizer&&) noexcept = default;

Result<ImageOptimizer> ImageOptimizer::create(const OptimizerOptions& options) {
  if (options.isolation == Isolation::thread) {
    return warm(
        ImageOptimizer(std::make_unique<Impl>(make_thread_executor(options.jobs, options.memory))));
  }
  IMGMILL_TRY(std::unique_ptr<ProcessExecutor> executor, ProcessExecutor::create(options));
  return ImageOptimizer(std::make_unique<Impl>(std::move(executor)));
}

Result<Optimized> ImageOptimizer::optimize(ByteView input, const ImageSettings& settings,
                                           const Limits& limits) {
  if (impl_->pool == nullptr) return imgmill::optimize(input, settings, limits);
  IMGMILL_TRY(Optimized output, impl_->executor->process({input, settings, limits}, {}));
  if (output.decision == Decision::kept) output.bytes = Buffer::copy_of(input);
  return output;
}

BatchSummary ImageOptimizer::run(TaskSource& tasks, const BatchOptions& options,
                                 BatchObserver& observer, std::stop_token stop) {
  BatchSummary summary =
      BatchProcessor(*impl_->executor, tasks, options, observer, std::move(stop)).run();
  if (impl_->pool != nullptr) summary.pool = impl_->pool->metrics();
  return summary;
}

Result<Comparison> ImageOptimizer::compare(ByteView original, ByteView other,
                                           const CompareOptions& options, const Limits& limits) {
  if (impl_->processes == nullptr) return imgmill::compare(original, other, options, limits);
  return impl_->processes->compare(original, other, options, limits);
}

Result<Placeholder> ImageOptimizer::placeholder(ByteView input, const Limits& limits) {
  if (impl_->processes == nullptr) return placeholder_of(input, limits);
  return impl_->processes->placeholder(input, limits);
}

int ImageOptimizer::width() const { return impl_->executor->width(); }

std::optional<PoolMetrics> ImageOptimizer::pool_metrics() const {
  if (impl_->pool == nullptr) return std::nullopt;
  return impl_->pool->metrics();
}

ImageOptimizer ImageOptimizerAccess::with(std::unique_ptr<Executor> executor) {
  return ImageOptimizer(std::make_unique<ImageOptimizer::Impl>(std::move(executor)));
}

}  // namespace imgmill
