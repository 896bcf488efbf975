/*
 * node ask.js udp|tcp COUNT RATE
 *
 * asks 127.0.0.1:53 so many questions, so many a second, each once; waits for 10 s after the last
 * one, and says how many were answered. Nothing is asked again. Exit code 1 if one was not.
 */
'use strict';

const dgram = require('dgram');
const net = require('net');

const [protocol, count, rate] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const PATIENCE = 10_000;
const waiting = new Set();
let asked = 0;

function question(id) {
  const header = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const name = Buffer.from('\x03who\x04test\x00', 'latin1');
  return Buffer.concat([header, name, Buffer.from([0, 16, 0, 1])]);
}

function answered(message) {
  // Answers count that have an answer in them.
  if (message.length > 12 && message.readUInt16BE(6) > 0)
    waiting.delete(message.readUInt16BE(0));
  if (asked === count && waiting.size === 0)
    end();
}

function end() {
  console.log(`${count - waiting.size} of ${count} answered (${protocol})`);
  process.exit(waiting.size === 0 ? 0 : 1);
}

const socket = dgram.createSocket('udp4');
socket.on('message', answered);

function ask() {
  const id = ++asked;
  waiting.add(id);
  if (protocol === 'udp') {
    socket.send(question(id), 53, '127.0.0.1');
  } else {
    const message = question(id);
    const length = Buffer.from([message.length >> 8, message.length & 255]);
    const connection = net.connect(53, '127.0.0.1');
    connection.on('connect', () => connection.write(Buffer.concat([length, message])));
    connection.on('error', (error) => console.error(`${id}: ${error.message}`));
    let said = Buffer.alloc(0);
    connection.on('data', (bytes) => {
      said = Buffer.concat([said, bytes]);
      if (said.length < 2 || said.length < 2 + said.readUInt16BE(0))
        return;
      answered(said.subarray(2));
      connection.end();
    });
  }
  if (asked === count) {
    clearInterval(asking);
    setTimeout(end, PATIENCE);
  }
}

const asking = setInterval(ask, 1000 / rate);
