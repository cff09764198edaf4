/** The fetcher on real sockets. */
package io.millrace.conformance.http;
