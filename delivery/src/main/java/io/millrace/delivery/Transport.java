package io.millrace.delivery;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;

/** Says how a listener and its connections reach the kernel. */
public enum Transport {
  /** Epoll where the machine has it, else NIO. */
  AUTO,
  /** The one that sends parts from their files. */
  EPOLL,
  /** Needs a kernel that has it and lets the process use it; copies parts. */
  IO_URING,
  /** What the JDK has; copies parts. */
  NIO;

  /** The one that it comes to on this machine: {@code NIO} where another cannot be had. */
  Transport here() {
    return switch (this) {
      case AUTO, EPOLL -> Epoll.isAvailable() ? EPOLL : NIO;
      case IO_URING -> IoUring.isAvailable() ? IO_URING : NIO;
      case NIO -> NIO;
    };
  }

  IoHandlerFactory handlers() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory();
      case AUTO, NIO -> NioIoHandler.newFactory();
    };
  }

  Class<? extends ServerChannel> listener() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel.class;
      case IO_URING -> IoUringServerSocketChannel.class;
      case AUTO, NIO -> NioServerSocketChannel.class;
    };
  }

  /** Why it cannot be had here; for the log. */
  String trouble() {
    Throwable cause =
        switch (this) {
          case AUTO, EPOLL -> Epoll.unavailabilityCause();
          case IO_URING -> IoUring.unavailabilityCause();
          case NIO -> null;
        };
    return cause == null ? "" : String.valueOf(cause.getMessage());
  }
}
