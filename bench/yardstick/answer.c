/*
 * answer: a DNS server that is never the bottleneck, to stand behind whatever is measured.
 *
 *   answer [OPTION]... PATH             a backend of the balancer, on an AF_UNIX socket
 *   answer [OPTION]... IP:PORT          the same as a plain server, UDP and TCP
 *
 *   -a ADDRESS   what it answers [192.0.2.1]
 *   -d MS        each answer waits so long; the wire's own frames do not [0]
 *   -u MS        on SIGTERM it unlinks PATH and ends so much later; without, it ends at once and
 *                leaves PATH behind
 *
 * Every question is answered NOERROR; one for an address (A, class IN) with ADDRESS, so that a
 * client can tell who answered it. One thread: big reads, and all answers to what one read brought
 * in one write; 64 datagrams to a call on the plain socket.
 *
 * A stream in either guise is one of three: it has not spoken yet, it is a balancer's session
 * (frames), or it carries one client's TCP bytes (messages with their length before them). A peer
 * that says what it should not is hung up on. While a peer does not read its answers, no more of
 * its questions are read, so what is held for it is bounded: by that, and by what it asks in -d.
 */
#define _GNU_SOURCE
#include "wire.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { RECORD = 16, EVENTS = 256, ACCEPTS = 64, MESSAGE = 65535 };
enum kind { LISTENER, DATAGRAMS, UNSPOKEN, SESSION, CLIENT };

struct peer {
    enum kind kind, begins_as;      /* of a listener: what its connections are at first */
    int fd;
    uint8_t *cut, *unsent;          /* the beginning of a frame; answers that did not fit */
    size_t cut_length, unsent_length;
};

static int poller;
static uint8_t record[RECORD] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 192, 0, 2, 1 };

/* The beginning of a frame and one read; and the answers to them. An answer is at most RECORD
 * longer than its question, which with its length is itself longer than RECORD. */
static uint8_t input[HEADER + MESSAGE + READ_SIZE], output[2 * sizeof input];

/* What the wire itself has to say, which waits for nobody; never longer than what was read. */
static uint8_t signs[sizeof input], *signs_end;

/* ---- DNS ---- */

/* Where the one question ends, or 0 if it does not. */
static size_t question_end(const uint8_t *query, size_t length)
{
    size_t at = 12;
    if (query[4] != 0 || query[5] != 1)
        return 0;
    while (at < length && query[at] != 0) {
        if (query[at] > 63)
            return 0;
        at += 1u + query[at];
    }
    at += 5;
    return at <= length ? at : 0;
}

/* Writes the answer and says how long it is; 0 if the query deserves none. */
static size_t answer(const uint8_t *query, size_t length, uint8_t *to)
{
    enum { QR = 0x80, AA = 0x04, KEPT = 0x79, CD = 0x10, FORMERR = 1 };

    if (length < 12 || (query[2] & QR) != 0)
        return 0;
    size_t end = question_end(query, length);
    memcpy(to, query, end == 0 ? 12 : end);
    to[2] = QR | AA | (query[2] & KEPT);
    to[3] = query[3] & CD;
    memset(to + 6, 0, 6);
    if (end == 0) {
        to[3] |= FORMERR;
        to[4] = to[5] = 0;
        return 12;
    }
    static const uint8_t a_in[4] = { 0, 1, 0, 1 };
    if (memcmp(query + end - 4, a_in, 4) != 0)
        return end;
    to[7] = 1;
    memcpy(to + end, record, RECORD);
    return end + RECORD;
}

/* ---- streams: each reader takes one unit and says how many bytes it was; 0: not whole yet ---- */

enum { BROKEN = -1 };

static long take_message(const uint8_t *from, size_t left, uint8_t **to)
{
    if (left < 2)
        return 0;
    size_t length = (size_t)from[0] << 8 | from[1];
    if (left < 2 + length)
        return 0;
    size_t answered = answer(from + 2, length, *to + 2);
    if (answered == 0)
        return BROKEN;
    (*to)[0] = (uint8_t)(answered >> 8);
    (*to)[1] = (uint8_t)answered;
    *to += 2 + answered;
    return (long)(2 + length);
}

static long take_datagram(const uint8_t *from, size_t left, uint8_t **to)
{
    if (left < HEADER)
        return 0;
    size_t length = word_at(from + 12);
    if (length > MESSAGE)
        return BROKEN;
    if (left < HEADER + length)
        return 0;
    size_t answered = answer(from + HEADER, length, *to + HEADER);
    if (answered != 0) {
        put_word(*to, OUTBOUND_UDP);
        memcpy(*to + 4, from + 4, 8);
        put_word(*to + 12, (uint32_t)answered);
        *to += HEADER + answered;
    }
    return (long)(HEADER + length);
}

static void say(uint32_t type)
{
    put_word(signs_end, type);
    signs_end += BARE;
}

static long take_frame(struct peer *peer, const uint8_t *from, size_t left, uint8_t **to)
{
    if (left < BARE)
        return 0;
    uint32_t type = word_at(from);
    if (peer->kind == SESSION && type == INBOUND_UDP)
        return take_datagram(from, left, to);
    if (peer->kind == SESSION && type == CLIENT_HEARTBEAT) {
        say(SERVER_HEARTBEAT);
        return BARE;
    }
    if (peer->kind == UNSPOKEN && type == CLIENT_HELLO) {
        peer->kind = SESSION;
        say(SERVER_HELLO);
        return BARE;
    }
    if (peer->kind == UNSPOKEN && type == INBOUND_TCP) {
        if (left < OPENING)
            return 0;
        peer->kind = CLIENT;
        say(INBOUND_TCP_OK);
        return OPENING;
    }
    return BROKEN;
}

/* ---- a peer's life ---- */

static void *held(size_t length)
{
    void *bytes = malloc(length);
    if (bytes == NULL)
        err(1, "malloc");
    return bytes;
}

static void watch(struct peer *peer, int operation, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = peer };
    if (epoll_ctl(poller, operation, peer->fd, &event) != 0)
        err(1, "epoll_ctl");
}

static struct peer *meet(int fd, enum kind kind)
{
    struct peer *peer = held(sizeof *peer);
    *peer = (struct peer){ .kind = kind, .fd = fd };
    watch(peer, EPOLL_CTL_ADD, EPOLLIN);
    return peer;
}

/* An answer that waits. All wait equally long, so the first is due first. */
struct later {
    struct later *next;
    struct peer *peer;              /* NULL: has hung up */
    struct sockaddr_in client;      /* of a datagram */
    int64_t due;
    size_t length;
    uint8_t bytes[];
};

static struct later *first, **behind_last = &first;
static int64_t delay;               /* nanoseconds */

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void keep(struct peer *peer, const uint8_t *bytes, size_t length,
    const struct sockaddr_in *client)
{
    struct later *later = held(sizeof *later + length);
    *later = (struct later){ .peer = peer, .due = now() + delay, .length = length };
    if (client != NULL)
        later->client = *client;
    memcpy(later->bytes, bytes, length);
    *behind_last = later;
    behind_last = &later->next;
}

static void hang_up(struct peer *peer)
{
    for (struct later *later = first; later != NULL; later = later->next)
        if (later->peer == peer)
            later->peer = NULL;
    close(peer->fd);
    free(peer->cut);
    free(peer->unsent);
    free(peer);
}

/* Sends; what does not fit is kept, and until it has gone nothing is read. */
static bool send_all(struct peer *peer, const uint8_t *bytes, size_t length)
{
    ssize_t sent = send(peer->fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        return false;
    size_t gone = sent < 0 ? 0 : (size_t)sent, left = length - gone;
    uint8_t *before = peer->unsent;
    if (left > 0) {
        peer->unsent = held(left);
        memcpy(peer->unsent, bytes + gone, left);
        if (before == NULL)
            watch(peer, EPOLL_CTL_MOD, EPOLLOUT);
    } else {
        peer->unsent = NULL;
        if (before != NULL)
            watch(peer, EPOLL_CTL_MOD, EPOLLIN);
    }
    peer->unsent_length = left;
    free(before);
    return true;
}

/* The same behind what has not gone yet. */
static bool send_behind(struct peer *peer, const uint8_t *bytes, size_t length)
{
    if (peer->unsent == NULL)
        return send_all(peer, bytes, length);
    peer->unsent = realloc(peer->unsent, peer->unsent_length + length);
    if (peer->unsent == NULL)
        err(1, "realloc");
    memcpy(peer->unsent + peer->unsent_length, bytes, length);
    peer->unsent_length += length;
    return true;
}

/* Sends what is due; for how many milliseconds nothing is, -1 for ever. */
static int send_due(void)
{
    for (struct later *later; (later = first) != NULL; free(later)) {
        int64_t left = later->due - now();
        if (left > 0)
            return (int)(left / 1000000) + 1;
        first = later->next;
        if (first == NULL)
            behind_last = &first;
        if (later->peer == NULL)
            continue;
        if (later->peer->kind == DATAGRAMS)
            sendto(later->peer->fd, later->bytes, later->length, 0,
                (struct sockaddr *)&later->client, sizeof later->client);
        else if (!send_behind(later->peer, later->bytes, later->length))
            hang_up(later->peer);
    }
    return -1;
}

static bool serve(struct peer *peer)
{
    size_t length = peer->cut_length;
    if (length > 0)
        memcpy(input, peer->cut, length);
    ssize_t got = recv(peer->fd, input + length, READ_SIZE, 0);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    length += (size_t)got;

    size_t at = 0;
    uint8_t *to = output;
    signs_end = signs;
    for (;;) {
        long took = peer->kind == CLIENT
            ? take_message(input + at, length - at, &to)
            : take_frame(peer, input + at, length - at, &to);
        if (took == BROKEN)
            return false;
        if (took == 0)
            break;
        at += (size_t)took;
    }
    free(peer->cut);
    peer->cut = NULL;
    peer->cut_length = length - at;
    if (peer->cut_length > 0) {
        peer->cut = held(peer->cut_length);
        memcpy(peer->cut, input + at, peer->cut_length);
    }
    size_t answered = (size_t)(to - output);
    if (signs_end != signs && !send_all(peer, signs, (size_t)(signs_end - signs)))
        return false;
    if (answered == 0)
        return true;
    if (delay == 0)
        return send_behind(peer, output, answered);
    keep(peer, output, answered, NULL);
    return true;
}

static void welcome(const struct peer *door)
{
    for (int i = 0; i < ACCEPTS; i++) {
        int fd = accept4(door->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        meet(fd, door->begins_as);
    }
}

/* ---- the plain guise: datagrams without frames ---- */

static void serve_datagrams(struct peer *peer)
{
    static uint8_t queries[BATCH][DATAGRAM], answers[BATCH][DATAGRAM + RECORD];
    static struct sockaddr_in clients[BATCH];
    struct mmsghdr in[BATCH], out[BATCH];
    struct iovec query_bytes[BATCH], answer_bytes[BATCH];

    for (int i = 0; i < BATCH; i++) {
        query_bytes[i] = (struct iovec){ queries[i], DATAGRAM };
        in[i].msg_hdr = (struct msghdr){ .msg_name = &clients[i],
            .msg_namelen = sizeof clients[i], .msg_iov = &query_bytes[i], .msg_iovlen = 1 };
    }
    int count = recvmmsg(peer->fd, in, BATCH, MSG_DONTWAIT, NULL), answered = 0;
    for (int i = 0; i < count; i++) {
        size_t length = answer(queries[i], in[i].msg_len, answers[answered]);
        if (length == 0)
            continue;
        if (delay != 0) {
            keep(peer, answers[answered], length, &clients[i]);
            continue;
        }
        answer_bytes[answered] = (struct iovec){ answers[answered], length };
        out[answered].msg_hdr = in[i].msg_hdr;
        out[answered].msg_hdr.msg_iov = &answer_bytes[answered];
        answered++;
    }
    for (int sent = 0; sent < answered;) {
        int gone = sendmmsg(peer->fd, out + sent, (unsigned)(answered - sent), 0);
        sent += gone > 0 ? gone : 1;
    }
}

/* ---- doors ---- */

static int opened(int domain, int type, const void *address, socklen_t length, const char *name)
{
    int fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1, size = UDP_BUFFER;
    if (domain == AF_INET && type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (type == SOCK_DGRAM)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (fd < 0 || bind(fd, address, length) != 0 || (type == SOCK_STREAM && listen(fd, 4096) != 0))
        err(1, "%s", name);
    return fd;
}

static void open_path(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        errx(1, "%s: too long for a socket's path", path);
    strcpy(address.sun_path, path);
    unlink(path);
    int fd = opened(AF_UNIX, SOCK_STREAM, &address, sizeof address, path);
    meet(fd, LISTENER)->begins_as = UNSPOKEN;
}

static void open_port(const char *name)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    char ip[INET_ADDRSTRLEN] = "";
    const char *colon = strchr(name, ':');
    if (colon == NULL || (size_t)(colon - name) >= sizeof ip)
        errx(2, "%s: neither a path with a slash nor IP:PORT", name);
    memcpy(ip, name, (size_t)(colon - name));
    if (inet_pton(AF_INET, ip, &address.sin_addr) != 1)
        errx(2, "%s: not an IPv4 address", ip);
    address.sin_port = htons((uint16_t)atoi(colon + 1));
    int datagrams = opened(AF_INET, SOCK_DGRAM, &address, sizeof address, name);
    int streams = opened(AF_INET, SOCK_STREAM, &address, sizeof address, name);
    meet(datagrams, DATAGRAMS);
    meet(streams, LISTENER)->begins_as = CLIENT;
}

/* ---- leaving ---- */

static const char *own_path;
static struct itimerval pause_before_end;

/* The alarm that nobody handles is the end. */
static void leave(int signal)
{
    (void)signal;
    unlink(own_path);
    if (!timerisset(&pause_before_end.it_value))
        _exit(0);
    setitimer(ITIMER_REAL, &pause_before_end, NULL);
}

static long milliseconds(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || number < 0 || number > 60000)
        errx(2, "%s: not a number of milliseconds (0 to 60000)", text);
    return number;
}

static void read_option(int option)
{
    long pause;

    switch (option) {
    case 'a':
        if (inet_pton(AF_INET, optarg, record + RECORD - 4) != 1)
            errx(2, "%s: not an IPv4 address", optarg);
        break;
    case 'd':
        delay = milliseconds(optarg) * 1000000;
        break;
    case 'u':
        pause = milliseconds(optarg);
        pause_before_end.it_value = (struct timeval){ pause / 1000, pause % 1000 * 1000 };
        signal(SIGTERM, leave);
        break;
    default:
        exit(2);
    }
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS];
    int option;

    while ((option = getopt(argc, argv, "a:d:u:")) != -1)
        read_option(option);
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: %s [-a ADDRESS] [-d MS] [-u MS] PATH | IP:PORT\n", argv[0]);
        return 2;
    }
    own_path = argv[optind];
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0)
        err(1, "epoll_create1");
    if (strchr(argv[optind], '/') != NULL)
        open_path(argv[optind]);
    else
        open_port(argv[optind]);

    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, send_due());
        for (int i = 0; i < ready; i++) {
            struct peer *peer = events[i].data.ptr;
            if (peer->kind == LISTENER)
                welcome(peer);
            else if (peer->kind == DATAGRAMS)
                serve_datagrams(peer);
            else if (!(peer->unsent != NULL
                    ? send_all(peer, peer->unsent, peer->unsent_length)
                    : serve(peer)))
                hang_up(peer);
        }
    }
}
