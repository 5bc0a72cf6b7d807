/* What a process does to the disk below one folder: written down, cut short, or made to fail.
 *
 * Loaded before the C library (LD_PRELOAD), it stands in for the calls that change files. Of calls below DISK_ROOT
 *   DISK_LOG=FILE         writes down each, with its data, after it succeeded (see disk_replay.py for the form);
 *   DISK_DIE=N            ends the process as by SIGKILL when the N-th (from 1) is about to be made;
 *   DISK_FAIL=CALL:N:ERR  has the N-th call of a kind (write, fsync, rename, open, unlink, mkdir, truncate, any) and
 *                         all later ones fail with the error number ERR;
 *   DISK_ONCE=1           ... and only that one;
 *   DISK_ONLY=TEXT        ... and only where the path holds TEXT.
 * Writing through a shared memory map is not seen; SQLite's -shm file, which never outlives a power cut, is the
 * one use of it, and is passed over.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX], fail_call[16], only[256];
static long die_at, fail_at, calls, fails;
static int fail_with, once, log_fd = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *text;
    if ((text = getenv("DISK_ROOT"))) snprintf(root, sizeof root, "%s", text);
    if ((text = getenv("DISK_ONLY"))) snprintf(only, sizeof only, "%s", text);
    if ((text = getenv("DISK_DIE"))) die_at = atol(text);
    if ((text = getenv("DISK_FAIL"))) sscanf(text, "%15[^:]:%ld:%d", fail_call, &fail_at, &fail_with);
    once = getenv("DISK_ONCE") != NULL;
    if ((text = getenv("DISK_LOG"))) {
        log_fd = syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
}

static int below(const char *path)
{
    size_t length = strlen(root), all = strlen(path);
    if (!length || strncmp(path, root, length) || (path[length] && path[length] != '/')) return 0;
    return all < 4 || strcmp(path + all - 4, "-shm");
}

static int absolute(int folder, const char *path, char *into)
{
    char base[PATH_MAX] = "";
    if (path[0] != '/') {
        if (folder == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) return 0;
        } else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
            ssize_t size = readlink(link, base, sizeof base - 1);
            if (size < 0) return 0;
            base[size] = 0;
        }
    }
    return snprintf(into, PATH_MAX, "%s%s%s", base, base[0] ? "/" : "", path) < PATH_MAX && below(into);
}

static int held(int fd, char *into)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, into, PATH_MAX - 1);
    if (size <= 0) return 0;
    into[size] = 0;
    return below(into);
}

/* One more call is about to be made: 0 to make it, else the error it fails with. Called with `turn` held. */
static int about_to(const char *call, const char *path)
{
    if (++calls == die_at) {
        kill(getpid(), SIGKILL);
        pause();
    }
    if (!fail_with || (strcmp(fail_call, "any") && strcmp(fail_call, call))) return 0;
    if (only[0] && !strstr(path, only)) return 0;
    fails++;
    return fails == fail_at || (!once && fails > fail_at) ? fail_with : 0;
}

static void note(const char *call, long inode, long where, const char *path, const char *other, const void *data,
                 size_t size)
{
    char head[160];
    if (log_fd < 0) return;
    int length = snprintf(head, sizeof head, "%s %ld %ld %zu %zu %zu\n", call, inode, where, strlen(path),
                          strlen(other), size);
    struct iovec parts[] = {{head, length}, {(void *)path, strlen(path)}, {(void *)other, strlen(other)},
                            {(void *)data, size}};
    ssize_t all = length + strlen(path) + strlen(other) + size;
    if (syscall(SYS_writev, log_fd, parts, 4) != all) abort();
}

static long inode_of(int fd)
{
    struct stat about;
    return fstat(fd, &about) ? 0 : (long)about.st_ino;
}

static int opened(int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    struct stat about;
    int changing = (flags & (O_CREAT | O_TRUNC)) || (flags & O_ACCMODE) != O_RDONLY;
    if ((flags & O_TMPFILE) == O_TMPFILE || !changing || !absolute(folder, name, path))
        return syscall(SYS_openat, folder, name, flags, mode);
    pthread_mutex_lock(&turn);
    int there = !stat(path, &about);
    /* Opening what is there, without emptying it, changes nothing. */
    int error = there && !(flags & O_TRUNC) ? 0 : about_to("open", path), fd = -1;
    if (error) errno = error;
    else fd = syscall(SYS_openat, folder, name, flags, mode);
    int kept = errno;
    if (fd >= 0 && !there) note("create", inode_of(fd), 0, path, "", "", 0);
    else if (fd >= 0 && (flags & O_TRUNC)) note("truncate", inode_of(fd), 0, path, "", "", 0);
    pthread_mutex_unlock(&turn);
    errno = kept;
    return fd;
}

#define MODE(flags, mode)                                                                                         \
    mode_t mode = 0;                                                                                              \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                          \
        va_list more;                                                                                             \
        va_start(more, flags);                                                                                    \
        mode = va_arg(more, mode_t);                                                                              \
        va_end(more);                                                                                             \
    }

int open(const char *path, int flags, ...) { MODE(flags, mode) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return opened(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags, mode) return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags, mode) return opened(at, path, flags, mode); }
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* where < 0: at the descriptor's own place. */
static ssize_t written(int fd, const void *data, size_t size, off_t where)
{
    char path[PATH_MAX];
    if (!held(fd, path))
        return where < 0 ? syscall(SYS_write, fd, data, size) : syscall(SYS_pwrite64, fd, data, size, where);
    pthread_mutex_lock(&turn);
    off_t place = where;
    struct stat about;
    if (where < 0) place = fcntl(fd, F_GETFL) & O_APPEND ? (fstat(fd, &about), about.st_size) : lseek(fd, 0, SEEK_CUR);
    int error = about_to("write", path);
    ssize_t done = -1;
    if (error) errno = error;
    else done = where < 0 ? syscall(SYS_write, fd, data, size) : syscall(SYS_pwrite64, fd, data, size, where);
    int kept = errno;
    if (done > 0) note("write", inode_of(fd), place, path, "", data, done);
    pthread_mutex_unlock(&turn);
    errno = kept;
    return done;
}

ssize_t write(int fd, const void *data, size_t size) { return written(fd, data, size, -1); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t where) { return written(fd, data, size, where); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t where) { return written(fd, data, size, where); }

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    char path[PATH_MAX];
    if (!held(fd, path)) return syscall(SYS_writev, fd, parts, count);
    ssize_t all = 0;
    for (int part = 0; part < count; part++) {
        ssize_t done = written(fd, parts[part].iov_base, parts[part].iov_len, -1);
        if (done < 0) return all ? all : done;
        all += done;
        if ((size_t)done < parts[part].iov_len) break;
    }
    return all;
}

static int shortened(int fd, off_t size)
{
    char path[PATH_MAX];
    if (!held(fd, path)) return syscall(SYS_ftruncate, fd, size);
    pthread_mutex_lock(&turn);
    int error = about_to("truncate", path), done = -1;
    if (error) errno = error;
    else done = syscall(SYS_ftruncate, fd, size);
    int kept = errno;
    if (!done) note("truncate", inode_of(fd), size, path, "", "", 0);
    pthread_mutex_unlock(&turn);
    errno = kept;
    return done;
}

int ftruncate(int fd, off_t size) { return shortened(fd, size); }
int ftruncate64(int fd, off64_t size) { return shortened(fd, size); }

static int synced(int fd, long number)
{
    char path[PATH_MAX];
    if (!held(fd, path)) return syscall(number, fd);
    pthread_mutex_lock(&turn);
    int error = about_to("fsync", path), done = -1;
    if (error) errno = error;
    else done = syscall(number, fd);
    int kept = errno;
    if (!done) note("fsync", inode_of(fd), 0, path, "", "", 0);
    pthread_mutex_unlock(&turn);
    errno = kept;
    return done;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int moved(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    char old[PATH_MAX], new[PATH_MAX];
    int out = absolute(from_at, from, old), in = absolute(to_at, to, new);
    if (!out && !in) return syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    pthread_mutex_lock(&turn);
    int error = about_to("rename", new), done = -1;
    if (error) errno = error;
    else done = syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    int kept = errno;
    if (!done) note("rename", 0, 0, old, new, "", 0);
    pthread_mutex_unlock(&turn);
    errno = kept;
    return done;
}

int rename(const char *from, const char *to) { return moved(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int at, const char *from, int to_at, const char *to) { return moved(at, from, to_at, to, 0); }
int renameat2(int at, const char *from, int to_at, const char *to, unsigned flags)
{
    return moved(at, from, to_at, to, flags);
}

static int removed(int at, const char *name, int flags)
{
    char path[PATH_MAX];
    if (!absolute(at, name, path)) return syscall(SYS_unlinkat, at, name, flags);
    pthread_mutex_lock(&turn);
    int error = about_to("unlink", path), done = -1;
    if (error) errno = error;
    else done = syscall(SYS_unlinkat, at, name, flags);
    int kept = errno;
    if (!done) note("unlink", 0, 0, path, "", "", 0);
    pthread_mutex_unlock(&turn);
    errno = kept;
    return done;
}

int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return removed(at, path, flags); }
int rmdir(const char *path) { return removed(AT_FDCWD, path, AT_REMOVEDIR); }

static int made(int at, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    if (!absolute(at, name, path)) return syscall(SYS_mkdirat, at, name, mode);
    pthread_mutex_lock(&turn);
    int error = about_to("mkdir", path), done = -1;
    if (error) errno = error;
    else done = syscall(SYS_mkdirat, at, name, mode);
    int kept = errno;
    if (!done) note("mkdir", 0, 0, path, "", "", 0);
    pthread_mutex_unlock(&turn);
    errno = kept;
    return done;
}

int mkdir(const char *path, mode_t mode) { return made(AT_FDCWD, path, mode); }
int mkdirat(int at, const char *path, mode_t mode) { return made(at, path, mode); }

/* Ways of copying that would pass by: said not to be there, so that callers write instead. */
ssize_t sendfile(int out, int in, off_t *from, size_t size) { (void)out, (void)in, (void)from, (void)size; errno = ENOSYS; return -1; }
ssize_t sendfile64(int out, int in, off64_t *from, size_t size) { (void)out, (void)in, (void)from, (void)size; errno = ENOSYS; return -1; }
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags)
{
    (void)in, (void)from, (void)out, (void)to, (void)size, (void)flags;
    errno = ENOSYS;
    return -1;
}
