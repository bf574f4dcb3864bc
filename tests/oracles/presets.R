# What R prints by default for small drawn samples, and the exact intervals of wilcox.test.
# Rscript tests/oracles/presets.R > tests/oracles/presets.json
suppressPackageStartupMessages(library(jsonlite))
set.seed(20261121)
quiet <- suppressWarnings

score <- function(n, highest) {
  if (highest > 0) sample(0:highest, n, replace = TRUE) else sample(1:999, n)
}
sizes <- function() c(sample(3:14, 1), sample(3:14, 1))

groups <- function(x, y) {
  test <- quiet(wilcox.test(x, y, conf.int = TRUE))
  list(x = x, y = y, exact = grepl("exact", test$method), p = test$p.value, interval = c(test$conf.int))
}

pairs <- function(first, second) {
  test <- quiet(wilcox.test(second, first, paired = TRUE, conf.int = any(second != first)))
  spearman <- quiet(cor.test(first, second, method = "spearman"))
  list(
    first = first, second = second,
    exact = grepl("exact", test$method), p = test$p.value, interval = c(test$conf.int),
    s = unname(spearman$statistic), spearman = spearman$p.value
  )
}

several <- function(times, make) lapply(seq_len(times), function(i) make())
drawn_groups <- function(highest) function() {
  n <- sizes()
  x <- score(sum(n), highest)
  groups(x[1:n[1]], x[-(1:n[1])])
}
drawn_pairs <- function(highest) function() {
  n <- sample(5:14, 1)
  pairs(score(n, highest), score(n, highest))
}
untied_pairs <- function(n) {
  change <- sample(1:n) * sample(c(-1, 1), n, replace = TRUE)
  first <- sample(200:(199 + n)) * 1000
  pairs(first, first + change)
}
shares <- c(
  list(c(1, 2), c(0, 1), c(3, 6), c(50, 100), c(49, 99)),
  several(20, function() { n <- sample(1:60, 1); c(sample(0:n, 1), n) })
)
differences <- c(
  list(c(10, 15, 4, 13), c(5, 10, 10, 20), c(5, 5, 0, 4), c(4, 4, 7, 7), c(5, 11, 6, 13)),
  several(20, function() { n <- sample(1:40, 1); m <- sample(1:40, 1); c(sample(0:n, 1), n, sample(0:m, 1), m) })
)
untied <- sample(1:400)

result <- list(
  versions = list(R = as.character(getRversion())),
  groups = c(
    several(12, drawn_groups(0)), several(12, drawn_groups(10)), several(6, drawn_groups(3)),
    list(
      groups(untied[1:6], untied[7:13]),
      groups(untied[1:49], untied[51:99] + 30), groups(untied[1:50], untied[51:99]),
      groups(untied[1:8], untied[9:70])
    )
  ),
  pairs = c(
    several(8, drawn_pairs(0)), several(12, drawn_pairs(10)), several(5, drawn_pairs(4)),
    lapply(c(4, 6, 7, 8, 9, 10, 13, 14, 25, 49, 50, 51), untied_pairs),
    list(pairs(1:7, c(2, 4, 6, 8, 10, 12, 14)), pairs(7:1, c(2, 4, 6, 8, 10, 12, 14)))
  ),
  spearman = lapply(c(3:12, 20, 60, 300, 1290, 1291), function(n) {
    second <- order(seq_len(n) + rnorm(n) * n)
    test <- cor.test(seq_len(n), second, method = "spearman")
    list(second = second, s = unname(test$statistic), p = test$p.value)
  }),
  proportions = lapply(shares, function(x) {
    list(successes = x[1], total = x[2], r = c(quiet(prop.test(x[1], x[2])$conf.int)))
  }),
  differences = lapply(differences, function(x) {
    list(counts = x, r = c(quiet(prop.test(x[c(1, 3)], x[c(2, 4)])$conf.int)))
  })
)
cat(toJSON(result, auto_unbox = TRUE, digits = NA), "\n")
