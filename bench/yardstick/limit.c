/*
 * limit: the least that a single-threaded forwarder of the balancer's shape can do.
 *
 *   limit DIR ADDRESS PORT
 *
 * It connects to every socket in DIR, says hello, and from then on moves datagrams: up to 64 with
 * one recvmmsg, each framed for the backend that a hash of the client's address names, one write
 * per backend and batch; one big read of what a backend answered, up to 64 datagrams with one
 * sendmmsg. So it pays for the system calls and the copies, and for nothing else: what a balancer
 * costs above it is the balancer's own.
 *
 * Not there: tables, timers, heartbeats, TCP, checks, recovery. A backend that goes away, or says
 * what it should not, ends the program. Writes block.
 */
#define _GNU_SOURCE
#include "wire.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_BACKENDS = 64, LISTENER = MAX_BACKENDS };

static struct backend {
    int fd;
    size_t framed, held;
    uint8_t *read;                              /* READ_SIZE; the first `held` are a cut frame */
    uint8_t frames[BATCH * (HEADER + DATAGRAM)];
} backends[MAX_BACKENDS];

static unsigned backend_count;
static int listener, poller;

/* A batch of datagrams: each points at its bytes and at the client it comes from or goes to. */
struct batch {
    struct mmsghdr messages[BATCH];
    struct iovec bytes[BATCH];
    struct sockaddr_in clients[BATCH];
};

static struct batch queries, answers;
static uint8_t query_bytes[BATCH][DATAGRAM];

static void lay_out(struct batch *batch)
{
    for (int i = 0; i < BATCH; i++) {
        struct msghdr *header = &batch->messages[i].msg_hdr;
        batch->clients[i].sin_family = AF_INET;
        header->msg_iov = &batch->bytes[i];
        header->msg_iovlen = 1;
        header->msg_name = &batch->clients[i];
        header->msg_namelen = sizeof batch->clients[i];
    }
}

static void watch(int fd, unsigned which)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = which };
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0)
        err(1, "epoll_ctl");
}

static void join(const char *directory, const char *name)
{
    struct backend *backend = &backends[backend_count];
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    uint8_t hello[BARE];

    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= sizeof address.sun_path)
        errx(1, "%s/%s: too long for a socket's path", directory, name);
    backend->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (backend->fd < 0 || connect(backend->fd, (void *)&address, sizeof address) != 0)
        err(1, "%s", address.sun_path);
    put_word(hello, CLIENT_HELLO);
    if (write(backend->fd, hello, BARE) != BARE
        || recv(backend->fd, hello, BARE, MSG_WAITALL) != BARE || word_at(hello) != SERVER_HELLO)
        errx(1, "%s: no hello", address.sun_path);
    backend->read = malloc(READ_SIZE);
    if (backend->read == NULL)
        err(1, "malloc");
    watch(backend->fd, backend_count++);
}

static void join_all(const char *directory)
{
    DIR *listing = opendir(directory);
    struct dirent *entry;

    if (listing == NULL)
        err(1, "%s", directory);
    while ((entry = readdir(listing)) != NULL && backend_count < MAX_BACKENDS)
        if (entry->d_name[0] != '.')
            join(directory, entry->d_name);
    closedir(listing);
    if (backend_count == 0)
        errx(1, "%s: no backend", directory);
}

static void listen_on(const char *text, const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
    int size = UDP_BUFFER;

    if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
        errx(2, "%s: not an IPv4 address", text);
    listener = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (listener < 0 || bind(listener, (void *)&address, sizeof address) != 0)
        err(1, "%s:%s", text, port);
    watch(listener, LISTENER);
}

static struct backend *backend_of(uint32_t client)
{
    return &backends[(client * 0x9e3779b1u >> 16) % backend_count];
}

static void forward_queries(void)
{
    for (int i = 0; i < BATCH; i++)
        queries.messages[i].msg_hdr.msg_namelen = sizeof queries.clients[i];
    int count = recvmmsg(listener, queries.messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        uint32_t client = ntohl(queries.clients[i].sin_addr.s_addr);
        uint32_t length = queries.messages[i].msg_len;
        struct backend *backend = backend_of(client);
        uint8_t *frame = backend->frames + backend->framed;
        put_word(frame, INBOUND_UDP);
        put_word(frame + 4, client);
        put_word(frame + 8, ntohs(queries.clients[i].sin_port));
        put_word(frame + 12, length);
        memcpy(frame + HEADER, query_bytes[i], length);
        backend->framed += HEADER + length;
    }
    for (struct backend *backend = backends; backend < backends + backend_count; backend++) {
        if (backend->framed == 0)
            continue;
        if (write(backend->fd, backend->frames, backend->framed) != (ssize_t)backend->framed)
            err(1, "write to a backend");
        backend->framed = 0;
    }
}

/* What the kernel refuses is skipped: the client will ask again. */
static void send_answers(int count)
{
    for (int sent = 0; sent < count;) {
        int now = sendmmsg(listener, answers.messages + sent, (unsigned)(count - sent), 0);
        sent += now > 0 ? now : 1;
    }
}

static void return_answers(struct backend *backend)
{
    ssize_t got = recv(
        backend->fd, backend->read + backend->held, READ_SIZE - backend->held, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        errx(1, "a backend went away");

    const uint8_t *frame = backend->read, *end = frame + backend->held + got;
    int count = 0;
    while (end - frame >= HEADER && end - frame - HEADER >= word_at(frame + 12)) {
        if (word_at(frame) != OUTBOUND_UDP)
            errx(1, "a backend sent frame %u", word_at(frame));
        answers.clients[count].sin_addr.s_addr = htonl(word_at(frame + 4));
        answers.clients[count].sin_port = htons((uint16_t)word_at(frame + 8));
        answers.bytes[count].iov_base = (void *)(frame + HEADER);
        answers.bytes[count].iov_len = word_at(frame + 12);
        frame += HEADER + word_at(frame + 12);
        if (++count == BATCH) {
            send_answers(count);
            count = 0;
        }
    }
    send_answers(count);
    backend->held = (size_t)(end - frame);
    memmove(backend->read, frame, backend->held);
}

int main(int argc, char **argv)
{
    struct epoll_event events[MAX_BACKENDS + 1];

    if (argc != 4) {
        fprintf(stderr, "usage: %s DIR ADDRESS PORT\n", argv[0]);
        return 2;
    }
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0)
        err(1, "epoll_create1");
    lay_out(&queries);
    lay_out(&answers);
    for (int i = 0; i < BATCH; i++)
        queries.bytes[i] = (struct iovec){ query_bytes[i], DATAGRAM };
    join_all(argv[1]);
    listen_on(argv[2], argv[3]);

    for (;;) {
        int ready = epoll_wait(poller, events, MAX_BACKENDS + 1, -1);
        for (int i = 0; i < ready; i++)
            if (events[i].data.u32 == LISTENER)
                forward_queries();
            else
                return_answers(&backends[events[i].data.u32]);
    }
}
