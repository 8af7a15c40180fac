-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `doctor`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `doctor` (
  `doctor_id` smallint unsigned NOT NULL AUTO_INCREMENT,
  `name` varchar(45) NOT NULL COMMENT 'the doctor''s; not the patient''s',
  `place` geometry NOT NULL /*!80003 SRID 4326 */,
  `room` point SRID 0 DEFAULT NULL,
  PRIMARY KEY (`doctor_id`),
  KEY `idx_name` (`name`(10)),
  SPATIAL KEY `idx_place` (`place`)
) ENGINE=InnoDB AUTO_INCREMENT=201 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
LOCK TABLES `doctor` WRITE;
INSERT INTO `doctor` VALUES (1,'it\'s; O\\',NULL,NULL),(2,'CREATE TABLE `no` (x int);',NULL,NULL);
UNLOCK TABLES;
CREATE TABLE `visit` (
  `visit_id` int NOT NULL AUTO_INCREMENT,
  `doctor_id` smallint unsigned NOT NULL,
  `at` datetime NOT NULL,
  `minutes` tinyint unsigned GENERATED ALWAYS AS (timestampdiff(MINUTE,`at`,`until`)) VIRTUAL,
  `until` datetime DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  `kind` enum('first','check') NOT NULL DEFAULT 'first',
  PRIMARY KEY (`visit_id`),
  UNIQUE KEY `once` (`doctor_id`,`at`),
  CONSTRAINT `fk_doctor` FOREIGN KEY (`doctor_id`) REFERENCES `doctor` (`doctor_id`) ON UPDATE CASCADE
) ENGINE=InnoDB;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `ins` AFTER INSERT ON `visit` FOR EACH ROW BEGIN
    INSERT INTO log VALUES (new.visit_id);
  END */;;
CREATE DEFINER=`root`@`localhost` PROCEDURE `tidy`()
BEGIN
  CREATE TEMPORARY TABLE t (x int);
  DROP TABLE t;
END ;;
DELIMITER ;
CREATE TABLE `bill` (
  `visit_id` int NOT NULL,
  `amount` decimal(8,2) DEFAULT '0.00',
  PRIMARY KEY (`visit_id`),
  CONSTRAINT `fk_visit` FOREIGN KEY (`visit_id`) REFERENCES `visit` (`visit_id`)
);
-- Dump completed on 2024-05-01 12:00:00
