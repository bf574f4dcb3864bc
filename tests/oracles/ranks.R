# Rank tests, t tests and correlations of base R and coin on small drawn tables.
# Rscript tests/oracles/ranks.R > tests/oracles/ranks.json
suppressPackageStartupMessages({
  library(coin)
  library(jsonlite)
})
set.seed(20261120)
quiet <- suppressWarnings

two_groups <- function(x, y) {
  data <- data.frame(value = c(x, y), arm = factor(rep(c("A", "B"), c(length(x), length(y)))))
  by_coin <- function(distribution) wilcox_test(value ~ arm, data, distribution = distribution)
  welch <- t.test(x, y)
  pooled <- t.test(x, y, var.equal = TRUE)
  list(
    x = x, y = y,
    u = unname(quiet(wilcox.test(x, y))$statistic),
    exact = c(pvalue(by_coin("exact"))),
    z = c(statistic(by_coin("asymptotic"))),
    asymptotic = quiet(wilcox.test(x, y, exact = FALSE, correct = FALSE))$p.value,
    corrected = quiet(wilcox.test(x, y, exact = FALSE, correct = TRUE))$p.value,
    welch = c(welch$statistic, welch$parameter, welch$p.value, welch$conf.int),
    student = c(pooled$statistic, pooled$parameter, pooled$p.value, pooled$conf.int)
  )
}

pairs <- function(first, second) {
  by_coin <- function(zeros) {
    test <- wilcoxsign_test(second ~ first, data.frame(first, second), distribution = "exact", zero.method = zeros)
    asymptotic <- wilcoxsign_test(second ~ first, data.frame(first, second), zero.method = zeros)
    c(pvalue(test), statistic(asymptotic), pvalue(asymptotic))
  }
  by_base <- function(correct) {
    quiet(wilcox.test(second, first, paired = TRUE, exact = FALSE, correct = correct))$p.value
  }
  paired <- t.test(second, first, paired = TRUE)
  spearman <- quiet(cor.test(first, second, method = "spearman", exact = FALSE))
  pearson <- cor.test(first, second)
  list(
    first = first, second = second,
    w = unname(quiet(wilcox.test(second, first, paired = TRUE))$statistic),
    dropped = by_coin("Wilcoxon"),
    pratt = by_coin("Pratt"),
    asymptotic = by_base(FALSE),
    corrected = by_base(TRUE),
    paired_t = c(paired$statistic, paired$parameter, paired$p.value, paired$conf.int),
    spearman = unname(c(spearman$estimate, spearman$p.value)),
    pearson = unname(c(pearson$estimate, pearson$p.value, pearson$conf.int))
  )
}

several <- function(...) {
  groups <- list(...)
  test <- kruskal.test(groups)
  list(groups = groups, kruskal = unname(c(test$statistic, test$parameter, test$p.value)))
}

repeated <- function(rows) {
  test <- friedman.test(rows)
  list(rows = rows, friedman = unname(c(test$statistic, test$parameter, test$p.value)))
}

score <- function(n, highest = 10) sample(0:highest, n, replace = TRUE)
pairs_of <- function(n, highest = 10, change = 2) {
  first <- score(n, highest)
  list(first, pmax(0, first - sample(-1:(2 * change), n, replace = TRUE)))
}

untied <- sample(1:60)
result <- list(
  versions = list(R = as.character(getRversion()), coin = as.character(packageVersion("coin"))),
  two_groups = list(
    two_groups(score(12), score(9)),
    two_groups(score(30, 4), pmin(4, score(25, 4) + 1)),
    two_groups(untied[1:20], untied[21:60]),
    two_groups(c(0, 0, 0, 0, 1, 9), c(0, 0, 1)),
    two_groups(score(60), pmin(10, score(70) + 2)),
    two_groups(sample(0:1, 40, replace = TRUE, prob = c(.9, .1)), sample(0:1, 25, replace = TRUE)),
    two_groups(1:15, 16:40)
  ),
  pairs = list(
    do.call(pairs, pairs_of(12)),
    do.call(pairs, pairs_of(40)),
    do.call(pairs, pairs_of(134, 10, 1)),
    do.call(pairs, pairs_of(25, 4)),
    pairs(sample(1:50, 20), sample(51:120, 20)),
    pairs(c(3, 3, 3, 4, 5), c(3, 3, 2, 1, 0))
  ),
  several = list(
    several(score(10), score(12), score(9)),
    several(score(40, 3), score(35, 3), score(30, 3), pmin(3, score(20, 3) + 1)),
    several(untied[1:20], untied[21:35], untied[36:60])
  ),
  repeated = list(
    repeated(matrix(score(40), 10)),
    repeated(matrix(score(180, 5), 30)),
    repeated(t(apply(matrix(score(200), 50), 1, sort)))
  )
)
cat(toJSON(result, auto_unbox = TRUE, digits = NA), "\n")
