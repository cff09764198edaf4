/** Holds the documents to what is there: links, commands, settings, addresses. */
@NullMarked
package io.millrace.bench.docs;

import org.jspecify.annotations.NullMarked;
