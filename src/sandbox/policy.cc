#include "sandbox/policy.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>

namespace imgmill {
namespace {

constexpr std::uint64_t whole_int = 0xffffffff;
constexpr std::uint64_t whole_pointer = ~std::uint64_t{0};

constexpr std::array not_executable{Condition{2, PROT_EXEC, 0}};

// The flags of pthread_create(), which create neither a process nor a namespace. CLONE_DETACHED has
// no effect in the kernel; musl sets it.
constexpr std::array a_thread{Condition{0, whole_int & ~std::uint64_t{CLONE_DETACHED},
                                        CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                                            CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                                            CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID}};

constexpr std::array to_itself{Condition{0, whole_int, own_process}};
constexpr std::array no_address_to{Condition{4, whole_pointer, 0}};
constexpr std::array get_flags{Condition{1, whole_int, F_GETFL}};
constexpr std::array get_close_on_exec{Condition{1, whole_int, F_GETFD}};
constexpr std::array get_seals{Condition{1, whole_int, F_GET_SEALS}};
constexpr std::array name_thread{Condition{0, whole_int, PR_SET_NAME}};
constexpr std::array name_memory{Condition{0, whole_int, 0x53564d41}};  // PR_SET_VMA
constexpr std::array own_cpu_limit{Condition{0, whole_int, 0}, Condition{1, whole_int, RLIMIT_CPU}};
constexpr std::array only_asks{Condition{0, whole_int, 0}, Condition{2, whole_pointer, 0}};

constexpr auto allow = Action::allow;
constexpr auto refuse = Action::refuse;
constexpr std::span<const Condition> always{};

// NOLINTBEGIN(modernize-use-designated-initializers): a table
constexpr std::array rows{
    // Communication with the parent over the worker's socket, including received descriptors.
    PolicyRow{"recvmsg", allow, 0, "", always,
              "requests, and the memory files that come with them"},
    PolicyRow{"sendmsg", allow, 0, "", always,
              "answers; the only socket is connected to the parent"},
    PolicyRow{"recvfrom", allow, 0, "no address wanted", no_address_to, "recv()"},
    PolicyRow{"sendto", allow, 0, "no address given", no_address_to, "send()"},
    PolicyRow{"read", allow, 0, "", always, "the descriptors it holds were given by the parent"},
    PolicyRow{"readv", allow, 0, "", always, "as read"},
    PolicyRow{"pread64", allow, 0, "", always, "as read, from a place in a memory file"},
    PolicyRow{"write", allow, 0, "", always, "messages to standard error; files cannot grow"},
    PolicyRow{"writev", allow, 0, "", always, "as write; abort messages of the C library"},
    PolicyRow{"poll", allow, 0, "", always, "waiting for a request"},
    PolicyRow{"ppoll", allow, 0, "", always, "poll() where the machine has no other"},
    PolicyRow{"close", allow, 0, "", always, "memory files of an image that is done"},
    PolicyRow{"fstat", allow, 0, "", always, "the size of a memory file, by descriptor"},
    PolicyRow{"lseek", allow, 0, "", always, "the size of a memory file, by its end"},
    PolicyRow{"fcntl", allow, 0, "F_GETFL", get_flags, "what a descriptor may be used for"},
    PolicyRow{"fcntl", allow, 0, "F_GETFD", get_close_on_exec, "whether a descriptor is open"},
    PolicyRow{"fcntl", allow, 0, "F_GET_SEALS", get_seals, "whether an input can still change"},

    // Memory. All code is loaded before the sandbox is entered, so none is mapped afterwards.
    PolicyRow{"mmap", allow, 0, "without PROT_EXEC", not_executable, "pictures and memory files"},
    PolicyRow{"mprotect", allow, 0, "without PROT_EXEC", not_executable,
              "heaps and thread stacks grow by it"},
    PolicyRow{"munmap", allow, 0, "", always, "gives memory back"},
    PolicyRow{"mremap", allow, 0, "", always, "realloc() of large blocks"},
    PolicyRow{"madvise", allow, 0, "", always, "gives back the stacks of ended threads"},
    PolicyRow{"brk", allow, 0, "", always, "the first heap"},

    // Threads. Codecs and libvips start them for each image.
    PolicyRow{"clone", allow, 0, "the flags of pthread_create()", a_thread, "threads"},
    PolicyRow{"clone3", refuse, ENOSYS, "", always,
              "its flags lie in memory, out of a filter's sight; the C library then takes clone"},
    PolicyRow{"set_robust_list", allow, 0, "", always, "each new thread calls it"},
    PolicyRow{"rseq", allow, 0, "", always, "each new thread calls it"},
    PolicyRow{"futex", allow, 0, "", always, "locks and conditions"},
    PolicyRow{"sched_yield", allow, 0, "", always, "spinning locks"},
    PolicyRow{"sched_getaffinity", allow, 0, "", always,
              "the allocator and the codecs count the cores they may use"},
    PolicyRow{"prctl", allow, 0, "PR_SET_NAME", name_thread, "threads have names"},
    PolicyRow{"prctl", refuse, EINVAL, "PR_SET_VMA", name_memory,
              "newer C libraries name their memory, and do without"},
    PolicyRow{"gettid", allow, 0, "", always, "locks that know their owner; abort()"},
    PolicyRow{"exit", allow, 0, "", always, "the end of a thread"},

    // Time.
    PolicyRow{"clock_gettime", allow, 0, "", always, "time, where it needs a call; CPU time"},
    PolicyRow{"clock_getres", allow, 0, "", always, "goes with clock_gettime"},
    PolicyRow{"clock_nanosleep", allow, 0, "", always, "waiting"},
    PolicyRow{"nanosleep", allow, 0, "", always, "as clock_nanosleep, older"},
    PolicyRow{"gettimeofday", allow, 0, "", always, "as clock_gettime, older"},
    PolicyRow{"time", allow, 0, "", always, "as clock_gettime, older"},

    // Signals to itself, and its own exit.
    PolicyRow{"rt_sigaction", allow, 0, "", always, "abort() resets its signal"},
    PolicyRow{"rt_sigprocmask", allow, 0, "", always, "starting a thread blocks signals meanwhile"},
    PolicyRow{"rt_sigreturn", allow, 0, "", always, "the end of a signal handler"},
    PolicyRow{"sigaltstack", allow, 0, "", always, "handlers of a stack overflow"},
    PolicyRow{"restart_syscall", allow, 0, "", always, "the kernel's own, after a stop"},
    PolicyRow{"getpid", allow, 0, "", always, "abort()"},
    PolicyRow{"tgkill", allow, 0, "to its own process", to_itself, "abort()"},
    PolicyRow{"exit_group", allow, 0, "", always, "the end"},

    // Incidental calls of libraries.
    PolicyRow{"getrandom", allow, 0, "", always, "seeds of hash tables"},
    PolicyRow{"sysinfo", allow, 0, "", always, "qsort() asks how much memory there is"},
    PolicyRow{"prlimit64", allow, 0, "of itself, RLIMIT_CPU", own_cpu_limit,
              "the bound for each image, below the hard limit"},
    PolicyRow{"prlimit64", allow, 0, "of itself, asking only", only_asks, "getrlimit()"},
    PolicyRow{"newfstatat", refuse, EACCES, "", always,
              "stdio looks at its stream this way; a path cannot be told from none"},
    PolicyRow{"ioctl", refuse, ENOTTY, "", always, "stdio asks whether there is a terminal"},
    PolicyRow{"getpeername", refuse, ENOTSOCK, "", always,
              "GLib, with something to log, asks whether standard error is the journal"},

    // Existence of files. These calls only ask, and are always told no: a drawing inside a drawing
    // has text, and fontconfig looks for fonts in all the places it knows.
    PolicyRow{"access", refuse, ENOENT, "", always, "fontconfig looks for its settings"},
    PolicyRow{"faccessat", refuse, ENOENT, "", always, "as access, with a C library of today"},
    PolicyRow{"faccessat2", refuse, ENOENT, "", always, "as access, newer"},
    PolicyRow{"stat", refuse, EACCES, "", always, "fontconfig looks for folders of fonts"},
    PolicyRow{"lstat", refuse, EACCES, "", always, "as stat, of a link"},
    PolicyRow{"statx", refuse, EACCES, "", always, "as stat; Rust's library asks this way"},
    PolicyRow{"statfs", refuse, EACCES, "", always,
              "fontconfig asks whether time stamps of a folder can be relied on"},
    PolicyRow{"readlink", refuse, EACCES, "", always,
              "fontconfig follows links, and asks for the name of the program"},
    PolicyRow{"readlinkat", refuse, EACCES, "", always, "as readlink, newer"},
    PolicyRow{"getcwd", refuse, EACCES, "", always, "fontconfig makes names of files absolute"},
};

constexpr std::array files{
    QuietFile{"/sys/devices/system/cpu/online", "std::thread::hardware_concurrency() counts cores"},
    QuietFile{"/proc/stat",
              "the C library's second way of counting cores; its third is "
              "sched_getaffinity"},
    QuietFile{"/proc/sys/vm/overcommit_memory", "the C library, when a heap of a thread shrinks"},
    QuietFile{"/proc/self/cgroup",
              "the way of Rust's library of counting cores, when librsvg draws a filter; its next "
              "is sched_getaffinity"},
    QuietFile{"/etc/localtime", "localtime() looks whether the zone has changed"},
    QuietFile{"/usr/share/locale/locale.alias",
              "GLib looks for other names of the user's languages, when librsvg comes to a "
              "systemLanguage"},
};
// NOLINTEND(modernize-use-designated-initializers)

}  // namespace

std::span<const PolicyRow> sandbox_policy() { return rows; }
std::span<const QuietFile> quiet_files() { return files; }

}  // namespace imgmill
