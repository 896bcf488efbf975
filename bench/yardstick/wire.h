/*
 * The wire between a balancer and its backends, as far as the yardsticks speak it: numbers are
 * little-endian u32, the first of a frame is its type. A datagram's frame is
 *
 *   type  address  port  length  data
 *
 * with address and port as host-order numbers. src/Balancer.Rx/Protocol tells the whole of it.
 */
#ifndef WIRE_H
#define WIRE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

enum {
    CLIENT_HELLO = 1, INBOUND_UDP = 2, INBOUND_TCP = 3, CLIENT_HEARTBEAT = 4,
    SERVER_HELLO = 1001, OUTBOUND_UDP = 1002, INBOUND_TCP_OK = 1003, SERVER_HEARTBEAT = 1004
};

enum {
    BARE = 4,               /* hellos, heartbeats, INBOUND_TCP_OK */
    OPENING = 12,           /* INBOUND_TCP: type, address, port */
    HEADER = 16,            /* what stands before the data of a datagram */
    BATCH = 64,             /* datagrams in one system call */
    DATAGRAM = 1500,        /* the longest that the wire carries */
    READ_SIZE = 512 * 1024, /* the most that is read from a stream at once */
    UDP_BUFFER = 4 << 20    /* SO_RCVBUF, as the balancer asks for */
};

static inline uint32_t word_at(const uint8_t *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return le32toh(word);
}

static inline void put_word(uint8_t *bytes, uint32_t word)
{
    word = htole32(word);
    memcpy(bytes, &word, sizeof word);
}

#endif
